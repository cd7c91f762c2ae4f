import type { KubeObject } from '@tiphys/model';
import { withLastApplied } from '@tiphys/merge';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskSecrets } from './index.ts';

const secret = (fields: Record<string, unknown>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's' },
  ...fields,
});

describe('maskSecrets', () => {
  it('keeps equal values equal and different ones different, key by key', () => {
    const { target, live, predicted } = maskSecrets({
      target: secret({ stringData: { a: '1', b: 'x' } }),
      live: secret({ data: { a: 'MQ==', b: 'eQ==', c: 'eA==' } }),
      predicted: secret({ data: { a: 'MQ==', b: 'eA==', c: 'eA==' } }),
    });
    expect(target?.['data']).toEqual({ a: '++++++++', b: '++++++++' });
    expect(target?.['stringData']).toBeUndefined();
    expect(live?.['data']).toEqual({ a: '++++++++', b: '++++++++++++', c: '++++++++' });
    expect(predicted?.['data']).toEqual({ a: '++++++++', b: '++++++++', c: '++++++++' });
  });

  it('leaves other kinds and missing objects alone', () => {
    const config: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: {}, data: { a: '1' } };
    expect(maskSecrets({ target: config, live: undefined })).toEqual({ target: config, live: undefined });
  });

  it('masks an unreadable record whole', () => {
    const broken = secret({
      metadata: {
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"a":"hunter2"' },
      },
    });
    expect(JSON.stringify(maskSecrets({ live: broken }))).not.toContain('hunter2');
  });

  it('never shows a value, whatever field or record it is in', () => {
    const value = fc.string({ minLength: 12, unit: fc.constantFrom('q', 'w', 'z', 'j') });
    fc.assert(
      fc.property(value, value, (one, two) => {
        const applied = secret({
          stringData: { a: one },
          data: { b: two },
          metadata: { name: 's', annotations: { token: two } },
        });
        const shown = JSON.stringify(
          maskSecrets({ target: applied, live: withLastApplied(applied) }, { annotations: ['token'] }),
        );
        expect(shown).not.toContain(one);
        expect(shown).not.toContain(two);
        expect(shown).not.toContain(Buffer.from(one).toString('base64'));
      }),
    );
  });
});
