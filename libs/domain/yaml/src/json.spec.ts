import { describe, expect, it } from 'vitest';
import { stringifyJson } from './dump.ts';
import { parseJson } from './json.ts';

describe('parseJson', () => {
  it.each<[string, unknown]>([
    ['{"a":9007199254740993}', { a: 9007199254740993n }],
    ['{"a":-9223372036854775808}', { a: -9223372036854775808n }],
    ['{"a":1.25e300}', { a: 1.25e300 }],
    ['{"a":"9007199254740993"}', { a: '9007199254740993' }],
    ['\uFEFF[1]', [1]],
  ])('%s', (text, value) => {
    expect(parseJson(text, 'a.json')).toEqual(value);
  });

  it.each(['{"__proto__":{"polluted":true}}', '{"\\u005f_proto__":1}'])('refuses %s', (text) => {
    expect(() => parseJson(text, 'a.json')).toThrow(/^cannot read a\.json: the key __proto__ is not allowed/);
  });

  it('names the file when the text is cut', () => {
    expect(() => parseJson('{"a":', 'x/a.json')).toThrow(/^cannot read x\/a\.json: /);
  });
});

describe('stringifyJson', () => {
  it('writes big integers as they are', () => {
    expect(stringifyJson({ a: 9007199254740993n, b: [1, 'x'] })).toBe('{"a":9007199254740993,"b":[1,"x"]}');
  });
});
