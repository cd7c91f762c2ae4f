import fc from 'fast-check';
import type { JsonObject, JsonValue } from '@tiphys/model';
import { ensureGoWasm } from '@tiphys/wasm-tools';
import { createJq } from '@tiphys/adapter-go-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseJqPath, withoutJqPath } from './jq-path.ts';

let jq: ReturnType<typeof createJq>;

beforeAll(async () => {
  jq = createJq({ wasmPath: await ensureGoWasm(), timeoutMs: 30_000 });
}, 180_000);

afterAll(() => jq.close());

const key = fc.constantFrom('a', 'b', 'name', 'odd-key', 'x.y/z', 'é"');
const leaf = fc.constantFrom<JsonValue>('x', '', 1, 0, 1.5, true, false, null, 'é"');
const value = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;
const object = fc.dictionary(key, value, { maxKeys: 4, noNullPrototype: true }) as fc.Arbitrary<JsonObject>;

const plainKey = fc.constantFrom('a', 'b', 'name');
const keyStep = fc.oneof(
  plainKey.map((name) => `.${name}`),
  key.map((name) => `.[${JSON.stringify(name)}]`),
  key.map((name) => `.${JSON.stringify(name)}`),
);
const listStep = fc.constantFrom('.[]', '[]', '[0]', '[1]', '.[1]', '["a"]');
const optional = fc.constantFrom('', '', '', '?');
const step = fc.tuple(fc.oneof(keyStep, listStep), optional).map((parts) => parts.join(''));
const literal = fc.constantFrom('"x"', '""', '1', '0', '1.5', 'true', 'false', '"é\\""', '-1');
const select = fc.tuple(plainKey, plainKey, literal, optional).map(([a, b, equals, mark]) => {
  const path = a === b ? `.${a}` : `.${a}.${b}`;
  return ` | select(${path} == ${equals})${mark}`;
});
const path = fc
  .tuple(
    fc.tuple(keyStep, optional).map((parts) => parts.join('')),
    fc.array(step, { maxLength: 4 }),
    fc.option(fc.tuple(select, fc.array(step, { maxLength: 2 }))),
  )
  .map(([first, steps, selection]) => {
    const head = first + steps.join('');
    if (selection === null) return head;
    const [condition, after] = selection;
    const tail = after.join('').replace(/^\[/u, '.[');
    return head + condition + (tail === '' ? '' : ` | ${tail}`);
  });

describe('plain paths, read without jq', () => {
  it('leave what jq leaves, whatever the path and the object', async () => {
    let plain = 0;
    await fc.assert(
      fc.asyncProperty(
        path,
        fc.array(object, { minLength: 1, maxLength: 20 }),
        async (expression, objects) => {
          const steps = parseJqPath(expression);
          if (steps === undefined) return;
          plain += 1;
          const ours = objects.map((one) => withoutJqPath(one, steps));
          expect({ expression, left: ours }).toEqual({
            expression,
            left: await jq.deleteAll([expression], objects),
          });
        },
      ),
      { numRuns: 1_500 },
    );
    expect(plain).toBeGreaterThan(1_000);
  }, 120_000);

  it.each(['[]', '[0]', '["a"]', '."\\(1)"', '.a[] | select(.b == 01)', '.a | .b'])('%s is none', (text) => {
    expect(parseJqPath(text)).toBeUndefined();
  });
});
