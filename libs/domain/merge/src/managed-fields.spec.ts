import type { JsonObject } from '@tiphys/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moveManagedFields } from './managed-fields.ts';

const KUBECTL = 'kubectl-client-side-apply';
const move = { from: [KUBECTL, 'argocd-controller'], to: 'argocd-controller' };

const entry = (manager: string, operation: string, more: JsonObject = {}): JsonObject => ({
  manager,
  operation,
  apiVersion: 'v1',
  fieldsType: 'FieldsV1',
  fieldsV1: { 'f:data': { 'f:a': {} } },
  ...more,
});

describe('moving managed fields', () => {
  it('makes the newest former entry the applied one and joins the others', () => {
    const old = entry(KUBECTL, 'Update', {
      time: '2024-01-01T00:00:00Z',
      fieldsV1: { 'f:data': { '.': {}, 'f:a': {} } },
    });
    const own = entry('argocd-controller', 'Update', {
      time: '2025-01-01T00:00:00Z',
      fieldsV1: { 'f:data': { 'f:b': {} }, 'f:metadata': { 'f:labels': {} } },
    });
    expect(moveManagedFields([old, own], move)).toEqual([
      {
        ...own,
        operation: 'Apply',
        fieldsV1: { 'f:data': { '.': {}, 'f:a': {}, 'f:b': {} }, 'f:metadata': { 'f:labels': {} } },
      },
    ]);
  });

  it('adds to what was applied already', () => {
    const applied = entry('argocd-controller', 'Apply', { fieldsV1: { 'f:data': { 'f:z': {} } } });
    expect(moveManagedFields([applied, entry(KUBECTL, 'Update')], move)).toEqual([
      { ...applied, fieldsV1: { 'f:data': { 'f:z': {}, 'f:a': {} } } },
    ]);
  });

  it('leaves other managers and subresources, and drops what was written at another version', () => {
    const other = entry('somebody', 'Update');
    const status = entry(KUBECTL, 'Update', { subresource: 'status' });
    const beta = entry(KUBECTL, 'Update', { apiVersion: 'v1beta1', time: '2020-01-01T00:00:00Z' });
    const now = entry(KUBECTL, 'Update', { time: '2025-01-01T00:00:00Z' });
    expect(moveManagedFields([other, status, beta, now], move)).toEqual([
      other,
      status,
      { ...now, manager: 'argocd-controller', operation: 'Apply' },
    ]);
  });

  it.each<[string, readonly JsonObject[]]>([
    ['nothing', []],
    ['only others', [entry('somebody', 'Update'), entry(KUBECTL, 'Apply')]],
    ['only ours, applied', [entry('argocd-controller', 'Apply')]],
  ])('has nothing to move where there is %s', (_what, entries) =>
    expect(moveManagedFields(entries, move)).toBeUndefined(),
  );

  it('moves once: what was moved stays', () => {
    const entries = fc.array(
      fc.record({
        manager: fc.constantFrom(KUBECTL, 'argocd-controller', 'somebody'),
        operation: fc.constantFrom('Update', 'Apply'),
        apiVersion: fc.constantFrom('v1', 'v2'),
        time: fc.constantFrom('2024-01-01T00:00:00Z', '2025-01-01T00:00:00Z'),
        fieldsV1: fc.constantFrom<JsonObject>({ 'f:a': {} }, { 'f:b': { 'f:c': {} } }),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(entries, (some) => {
        const moved = moveManagedFields(some, move);
        expect(moved === undefined ? undefined : moveManagedFields(moved, move)).toBeUndefined();
      }),
    );
  });
});
