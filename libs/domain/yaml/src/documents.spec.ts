import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseYamlDocuments } from './documents.ts';
import { dumpYaml } from './dump.ts';

const read = (text: string): unknown => parseYamlDocuments(text, { file: 'app/a.yaml' })[0];

describe('scalars read as Kubernetes tools read them', () => {
  it.each<[string, unknown]>([
    ['yes', true],
    ['On', true],
    ['y', true],
    ['NO', false],
    ['off', false],
    ['n', false],
    ['True', true],
    ['tRUE', 'tRUE'],
    ['~', null],
    ['NULL', null],
    ['""', ''],
    ['"yes"', 'yes'],
    ["'1'", '1'],
    ['0', 0],
    ['0777', 511],
    ['0o777', 511],
    ['0x1F', 31],
    ['-0x10', -16],
    ['0b101', 5],
    ['1_000', 1000],
    ['+12', 12],
    ['0899', 899],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['1e3', 1000],
    ['1.', 1],
    ['1_0.5', 10.5],
    ['12:30:45', '12:30:45'],
    ['2024-01-02', '2024-01-02'],
    ['2024-01-02T03:04:05Z', '2024-01-02T03:04:05Z'],
    ['1.2.3', '1.2.3'],
    ['v1', 'v1'],
    ['100m', '100m'],
    ['1e', '1e'],
    ['0xZZ', '0xZZ'],
    ['!!str 12', '12'],
    ['!!binary aGVsbG8=', 'hello'],
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', 9007199254740993n],
    ['18446744073709551615', 18446744073709551615n],
    ['-9223372036854775808', -9223372036854775808n],
    ['18446744073709551616', 18446744073709552000],
  ])('%s', (text, value) => {
    expect(read(`v: ${text}`)).toEqual({ v: value });
  });

  it('turns scalar keys into strings', () => {
    expect(read('{1: a, yes: b, 1.5: c, 0x10: d}')).toEqual({ '1': 'a', true: 'b', '1.5': 'c', '16': 'd' });
  });

  it('takes the last value of a repeated key', () => {
    expect(read('a: 1\na: 2')).toEqual({ a: 2 });
  });

  it('applies merge keys', () => {
    expect(read('base: &b {x: 1, z: 2}\nv:\n  <<: *b\n  z: 3')).toEqual({
      base: { x: 1, z: 2 },
      v: { x: 1, z: 3 },
    });
  });
});

describe('documents', () => {
  it('splits a stream and keeps empty documents as null', () => {
    expect(parseYamlDocuments('a: 1\n---\n---\nb: 2\n', { file: 'f' })).toEqual([{ a: 1 }, null, { b: 2 }]);
  });

  it('drops a byte order mark', () => {
    expect(read('\uFEFFa: 1')).toEqual({ a: 1 });
  });

  it('gives each alias a copy of its own', () => {
    const value = read('a: &x {k: 1}\nb: *x') as { a: object; b: object };
    expect(value.b).toEqual(value.a);
    expect(value.b).not.toBe(value.a);
  });
});

const bomb = [
  'a0: &a0 [x, x, x, x, x, x, x, x, x]',
  ...Array.from({ length: 20 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`),
].join('\n');

describe('refused input names the file', () => {
  it.each([
    ['a flow sequence left open', 'a: 1\nb: {c: [\n', /^cannot read app\/a\.yaml: line \d+: /],
    ['a tab as indentation', 'a:\n\tb: 1', /^cannot read app\/a\.yaml: line 2: /],
    ['__proto__', '__proto__: {polluted: true}', /__proto__ is not allowed/],
    ['__proto__ by merge', 'x: &x {a: 1}\ny: {"__proto__": *x}', /__proto__ is not allowed/],
    ['a null key', '? ~\n: 1', /a key must be a string/],
    ['a mapping as key', '? {a: 1}\n: 1', /a key must be a string/],
    ['infinity', 'v: .inf', /\.inf has no form in JSON/],
    ['not a number', 'v: .NaN', /\.NaN has no form in JSON/],
    ['an alias bomb', bomb, /aliases unfold into more than 1000000 values/],
    ['an alias to itself', 'a: &a [*a]', /cannot read app\/a\.yaml/],
    ['an unknown alias', 'a: *nobody', /cannot read app\/a\.yaml: line 1: /],
    ['endless nesting', '['.repeat(100_000), /cannot read app\/a\.yaml: line 1: /],
  ])('%s', (_name, text, message) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'invalid' }));
    expect(() => read(text)).toThrow(message);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('dumpYaml', () => {
  it('is read back as the same value', () => {
    const leaf = fc.oneof(
      fc.string(),
      fc.boolean(),
      fc.integer(),
      fc.constant(null),
      fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n }),
      fc.constantFrom(
        'yes',
        'y',
        'N',
        '0X0',
        '0b1',
        '0777',
        '1_0',
        '12:30',
        '~',
        '1e3',
        'null',
        '- a',
        '#',
        'a: b',
        '=',
        '<<',
      ),
    );
    const key = fc.string().filter((name) => name !== '__proto__');
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie('value')), fc.dictionary(key, tie('value'))),
    }));
    fc.assert(
      fc.property(value, (sample) => {
        const plain = structuredClone(sample) as never;
        expect(read(dumpYaml(plain))).toEqual(plain);
      }),
    );
  });
});
