import { describe, expect, it } from 'vitest';
import type { Application } from '@tiphys/model';
import { askedMeanwhile } from './asked-meanwhile.ts';

const app: Application = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'web', annotations: { 'tiphys.dev/hold': '{}' }, resourceVersion: '1' },
  spec: { project: 'default', destination: { namespace: 'web' } },
  status: { sync: { status: 'OutOfSync' } },
};
const operationState = { phase: 'Running' as const, startedAt: '2026-01-01T00:00:00Z', operation: {} };

describe('what a write returns', () => {
  it.each<[string, Application]>([
    ['nothing', structuredClone(app)],
    ['the status that was written', { ...app, status: { sync: { status: 'Synced' }, operationState } }],
    [
      'another version and other labels',
      { ...app, metadata: { ...app.metadata, resourceVersion: '2', labels: { a: 'b' } } },
    ],
  ])('asks for nothing more with %s', (_name, written) => expect(askedMeanwhile(app, written)).toBe(false));

  it.each<[string, Application]>([
    ['another spec', { ...app, spec: { ...app.spec, destination: { namespace: 'other' } } }],
    ['an operation', { ...app, operation: { sync: {} } }],
    ['an annotation that went', { ...app, metadata: { ...app.metadata, annotations: {} } }],
    ['its deletion', { ...app, metadata: { ...app.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }],
    [
      'the end of its operation',
      { ...app, status: { operationState: { ...operationState, phase: 'Terminating' } } },
    ],
  ])('asks for more with %s', (_name, written) => expect(askedMeanwhile(app, written)).toBe(true));

  it('asks for more where nothing was known', () => expect(askedMeanwhile(undefined, app)).toBe(true));
});
