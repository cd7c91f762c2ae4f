import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalQuantity } from './index.ts';
import { canonicalResourceAmount, milliAmount } from './quantity.ts';

const cases: readonly (readonly [string | number, string])[] = [
  ['1000m', '1'],
  ['0.5', '500m'],
  [0.5, '500m'],
  [2, '2'],
  ['2000', '2k'],
  ['1.5', '1500m'],
  ['100m', '100m'],
  ['1024Mi', '1Gi'],
  ['0.5Gi', '512Mi'],
  ['1.5Gi', '1536Mi'],
  ['1500Mi', '1500Mi'],
  ['0.5Ki', '512'],
  ['1.3Gi', '1395864372'],
  ['128974848', '128974848'],
  ['1000000000', '1G'],
  ['129e6', '129e6'],
  ['129M', '129M'],
  ['1e3', '1e3'],
  ['1E3', '1e3'],
  ['1E', '1E'],
  ['0', '0'],
  ['0Mi', '0'],
  ['+1', '1'],
  ['-1500m', '-1500m'],
  ['.5', '500m'],
  ['5.', '5'],
  ['100u', '100u'],
  ['1e-12', '1e-9'],
  ['many', 'many'],
  ['', ''],
  ['1Zi', '1Zi'],
];

describe('canonicalQuantity', () => {
  it.each(cases)('%s is %s', (given, canonical) => {
    expect(canonicalQuantity(given)).toBe(canonical);
  });

  it('has one form for each amount and is stable', () => {
    const suffix = fc.constantFrom('', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e3', 'e-2');
    fc.assert(
      fc.property(fc.nat(5_000_000), fc.nat(999), suffix, (whole, fraction, unit) => {
        const canonical = canonicalQuantity(`${whole}.${fraction}${unit}`);
        expect(canonicalQuantity(canonical)).toBe(canonical);
      }),
    );
  });

  it('equals thousandths and wholes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (n) => {
        expect(canonicalQuantity(`${n}000m`)).toBe(canonicalQuantity(`${n}`));
        expect(canonicalQuantity(`${n * 1024}Ki`)).toBe(canonicalQuantity(`${n}Mi`));
      }),
    );
  });
});

describe('canonicalResourceAmount', () => {
  it('rounds up to thousandths', () => {
    expect(canonicalResourceAmount('100u')).toBe('1m');
    expect(canonicalResourceAmount('1500u')).toBe('2m');
    expect(canonicalResourceAmount('1.5Gi')).toBe('1536Mi');
  });
});

describe('milliAmount', () => {
  it.each([
    ['1', 1_000],
    ['250m', 250],
    ['100u', 1],
    ['2Gi', 2_147_483_648_000],
    ['0', 0],
    ['many', undefined],
    ['9E', undefined],
  ])('%s is %s', (text, milli) => expect(milliAmount(text)).toBe(milli));
});
