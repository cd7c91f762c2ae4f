import { asKubeObject, HEALTH_ORDER } from '@tiphys/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasHealthRule, statusHealthOf } from '../index.ts';
import { groupRules } from './index.ts';

const kinds = [
  ...Object.entries(groupRules.exact).flatMap(([group, rules]) =>
    Object.keys(rules).map((kind) => [group, kind === '*' ? 'Anything' : kind] as const),
  ),
  ...groupRules.families.map(({ suffix }) => [`some${suffix}`, 'Anything'] as const),
];

const word = fc.constantFrom('Ready', 'True', 'False', 'Unknown', 'Failed', 'Running', 'Synced', '');
const condition = fc.record(
  { type: word, status: word, reason: word, message: fc.string() },
  { requiredKeys: [] },
);
const status = fc.oneof(
  fc.jsonValue(),
  fc.record(
    {
      conditions: fc.array(condition),
      phase: word,
      state: word,
      status: word,
      observedGeneration: fc.nat(3),
    },
    { requiredKeys: [] },
  ),
);

describe('the rules of all groups', () => {
  it('answer for whatever a status holds', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), status, fc.jsonValue(), ([group, kind], given, spec) => {
        const document = {
          apiVersion: `${group}/v1`,
          kind,
          metadata: { name: 'x', generation: 2 },
          spec,
          status: given,
        };
        const object = asKubeObject(document);
        if (object === undefined) throw new Error('not an object');
        expect(hasHealthRule(object)).toBe(true);
        expect(HEALTH_ORDER).toContain(statusHealthOf(object)?.status);
      }),
      { numRuns: 5000 },
    );
  });

  it.each(kinds)('never call %s %s without a status degraded', (group, kind) => {
    const object = asKubeObject({ apiVersion: `${group}/v1`, kind, metadata: { name: 'x' } });
    const health = object === undefined ? undefined : statusHealthOf(object);
    expect(['Healthy', 'Progressing', 'Suspended', 'Unknown', 'Missing']).toContain(health?.status);
  });
});
