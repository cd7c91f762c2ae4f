import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '@tiphys/model';
import { parseJson, stringifyJson } from './lossless-json.ts';

describe('integers', () => {
  it.each([
    ['9007199254740991', 9_007_199_254_740_991],
    ['9007199254740993', 9_007_199_254_740_993n],
    ['-9007199254740993', -9_007_199_254_740_993n],
    ['18446744073709551615', 18_446_744_073_709_551_615n],
    ['1e21', 1e21],
    ['1234567890123456.5', 1_234_567_890_123_456.5],
    ['"9007199254740993"', '9007199254740993'],
  ])('%s', (text, value) => {
    expect(parseJson(`{"a":[1,${text}],"b": ${text}}`)).toEqual({ a: [1, value], b: value });
    expect(parseJson(text)).toEqual(value);
  });

  it('come back as they were', () => {
    const json = fc.letrec<{ value: JsonValue }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constant(null),
        fc.boolean(),
        fc.string(),
        fc.integer(),
        fc
          .double({ noNaN: true, noDefaultInfinity: true })
          .filter(
            (value) => !Object.is(value, -0) && (Number.isSafeInteger(value) || !Number.isInteger(value)),
          ),
        fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n }),
        fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
        fc.array(tie('value')),
        fc.dictionary(
          fc.string().filter((key) => key !== '__proto__'),
          tie('value'),
          { noNullPrototype: true },
        ),
      ),
    })).value;
    fc.assert(
      fc.property(json, (value) => {
        expect(parseJson(stringifyJson(value))).toEqual(value);
      }),
    );
  });
});

describe('the key __proto__', () => {
  it.each([
    '{"__proto__":1}',
    '[{"a":{"__proto__":{"polluted":true}}}]',
    '{"\\u005f_proto__":1}',
    '{"__p\\u0072oto__":1}',
    '{"\\u005F\\u005F\\u0070\\u0072\\u006F\\u0074\\u006F\\u005f\\u005f":1}',
  ])('is refused: %s', (text) => {
    expect(() => parseJson(text)).toThrow(expect.objectContaining({ code: 'invalid' }));
  });

  it('is left out on demand, and what is beside it stays', () => {
    const value = parseJson('{"a":{"__proto__":{"polluted":true},"b":12345678901234567890}}', {
      protoKeys: 'drop',
    });
    expect(value).toEqual({ a: { b: 12_345_678_901_234_567_890n } });
    expect(Object.getOwnPropertyNames((value as { a: object }).a)).toEqual(['b']);
  });

  it('may be a value, or a part of a key', () => {
    const text = '{"a":"__proto__","my__proto__":1,"constructor":2}';
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it('never gets through, however it is escaped', () => {
    const letter = (char: string): fc.Arbitrary<string> =>
      fc.constantFrom(
        char,
        `\\u00${char.charCodeAt(0).toString(16)}`,
        `\\u00${char.charCodeAt(0).toString(16).toUpperCase()}`,
      );
    const key = fc.tuple(...[...'__proto__'].map(letter)).map((letters) => letters.join(''));
    fc.assert(
      fc.property(key, (escaped) => {
        expect(() => parseJson(`{"a":{"${escaped}":1}}`)).toThrow('__proto__');
      }),
    );
  });
});

it('tells nothing of a text that is no JSON', () => {
  expect(() => parseJson('{"token": s3cret}')).toThrow(
    expect.objectContaining({ code: 'invalid', message: 'not JSON (17 characters)' }),
  );
});
