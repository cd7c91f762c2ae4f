import type { KubeObject } from '@tiphys/model';
import { withLastApplied } from '@tiphys/merge';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareObject, maskSecrets, withoutSecretValues } from './index.ts';

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

  it('masks fields that a Secret does not have: misspelt, they hold values too', () => {
    const shown = maskSecrets({ target: secret({ stringdata: { a: 'hunter2' }, type: 'Opaque' }) });
    expect(shown.target).toMatchObject({ stringdata: '++++++++', type: 'Opaque' });
  });

  it('never shows a value in any side of a comparison', () => {
    const value = fc.string({ minLength: 8, maxLength: 20, unit: fc.constantFrom('q', 'w', 'z', 'j', 'ä') });
    const values = fc.dictionary(fc.constantFrom('a', 'b', 'c'), value, { minKeys: 1 });
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    const encoded = (map: Record<string, string>): Record<string, string> =>
      Object.fromEntries(Object.entries(map).map(([key, text]) => [key, base64(text)]));
    fc.assert(
      fc.property(values, values, values, (wanted, before, found) => {
        const target = secret({ stringData: wanted });
        const record = withLastApplied(secret({ stringData: before, data: encoded(found) }));
        const live = { ...record, data: encoded(found), stringData: undefined };
        const { normalizedLive, predictedLive } = compareObject({ target, live });
        const shown = JSON.stringify(maskSecrets({ target, live, normalizedLive, predictedLive }));
        for (const text of [wanted, before, found].flatMap((map) => Object.values(map))) {
          expect(shown).not.toContain(text);
          expect(shown).not.toContain(base64(text));
        }
      }),
    );
  });
});

describe('withoutSecretValues', () => {
  it('takes values out of a message, in whatever form', () => {
    const value = fc.string({ minLength: 3, maxLength: 20, unit: fc.constantFrom('Q', '#', '"', 'ä', '€') });
    fc.assert(
      fc.property(value, value, (one, two) => {
        const base64 = Buffer.from(two).toString('base64');
        const object = secret({ stringData: { a: one }, data: { b: base64 } });
        const told = `invalid: ${one}, ${JSON.stringify(one)}, ${Buffer.from(one).toString('base64')}; ${two} ${base64}`;
        const shown = withoutSecretValues(told, [object]);
        expect(shown).toContain('invalid: +');
        for (const text of [one, two, base64]) expect(shown).not.toContain(text);
      }),
    );
  });

  it('leaves messages about other objects as they are', () => {
    const object: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: {}, data: { a: 'value' } };
    expect(withoutSecretValues('bad value', [object])).toBe('bad value');
  });
});
