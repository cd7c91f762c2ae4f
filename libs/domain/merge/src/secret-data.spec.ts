import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64OfText, threeWayPatch, withEncodedData } from './index.ts';

describe('base64OfText', () => {
  it('encodes any text as UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(base64OfText(text)).toBe(Buffer.from(text, 'utf8').toString('base64'));
      }),
    );
  });
});

describe('withEncodedData', () => {
  it('puts stringData over data', () => {
    expect(withEncodedData({ data: { a: 'MQ==', b: 'Mg==' }, stringData: { b: 'x' } })).toEqual({
      data: { a: 'MQ==', b: 'eA==' },
    });
  });
});

describe('threeWayPatch of a Secret', () => {
  it('removes what stringData no longer has', () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } };
    const patch = threeWayPatch({
      original: { ...secret, stringData: { a: '1', b: '2' } },
      target: { ...secret, stringData: { a: '1' } },
      live: { ...secret, data: { a: 'MQ==', b: 'Mg==' } },
    });
    expect(patch.body).toEqual({ data: { b: null } });
  });
});
