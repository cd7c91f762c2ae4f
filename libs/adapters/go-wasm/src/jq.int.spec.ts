import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '@tiphys/model';
import type { Jq } from '@tiphys/ports';
import { ensureGoWasm } from '@tiphys/wasm-tools';
import { createJq } from './index.ts';

let wasmPath: string;
let jq: Jq;

beforeAll(async () => {
  wasmPath = await ensureGoWasm();
  jq = createJq({ wasmPath });
}, 180_000);

afterAll(() => jq.close());

const deployment: JsonObject = {
  spec: {
    replicas: 3,
    big: 9_007_199_254_740_993n,
    containers: [
      { name: 'a', env: [{ name: 'X', value: '1' }], resources: { limits: { cpu: '1' } } },
      { name: 'sidecar', image: 'i' },
    ],
  },
};

describe('deleteAll', () => {
  it.each<readonly [string, JsonObject]>([
    ['.spec.containers[] | select(.name | startswith("side"))', { containers: [{ name: 'a' }] }],
    ['.spec.containers[].env[]? | select(.name == "X")', { containers: [{ env: [] }, { name: 'sidecar' }] }],
    ['.spec.containers | .[0], .[1]', { containers: [] }],
    ['.spec | to_entries[] | select(.key == "replicas")', { replicas: 3 }],
    ['.spec | paths', { replicas: 3 }],
    ['.', { replicas: 3 }],
    ['error("no")', { replicas: 3 }],
    ['.nothing.at.all', { replicas: 3, big: 9_007_199_254_740_993n }],
  ])('%s', async (expression, part) => {
    const [result] = await jq.deleteAll([expression], [deployment]);
    expect(result?.['spec']).toMatchObject(part);
  });

  it('takes expressions one after the other over all documents, and leaves what one fails on', async () => {
    const result = await jq.deleteAll(
      ['.a[] | select(. > 1)', '.b.c | keys'],
      [{ a: [1, 2, 3], b: 'text' }, { a: 'text' }, {}],
    );
    expect(result).toEqual([{ a: [1], b: 'text' }, { a: 'text' }, {}]);
  });

  it('sees no environment', async () => {
    const result = await jq.deleteAll(
      ['if (env | length) > 0 or ($ENV | length) > 0 then .a else .b end'],
      [{ a: 1, b: 2 }],
    );
    expect(result).toEqual([{ a: 1 }]);
  });

  it.each(['.a[', 'nosuchfunction(.)', 'a) | (b', 'input'])('refuses %s', async (expression) => {
    await expect(jq.deleteAll([expression], [{}])).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining(`jq expression '${expression}'`) as string,
    });
  });
});

describe('bombs', () => {
  it.each([
    ['an endless loop', 'last(repeat(1))', 'deadline'],
    ['endless recursion', 'def f: f; f', 'deadline'],
    ['a list without end', '[range(1e12)]', /deadline|resource-exhausted/u],
    ['a doubling text', 'reduce range(60) as $i ("xxxxxxxx"; . + .)', /deadline|resource-exhausted/u],
  ])('%s ends within 2 s; others go on meanwhile; it is refused at once then', async (_name, bomb, code) => {
    const own = createJq({ wasmPath });
    try {
      await own.deleteAll(['.x'], [{}]);
      const start = performance.now();
      const stopped = own.deleteAll([bomb], [{}]).then(
        () => 'it ended',
        (error: { code: string }) => error.code,
      );
      const healthy = own.deleteAll(['.a | select(. == 1)'], [{ a: 1 }]);
      expect(await healthy).toEqual([{}]);
      expect(await stopped).toMatch(code);
      expect(performance.now() - start).toBeLessThan(2_000);
      const again = performance.now();
      await expect(own.deleteAll([bomb], [{}])).rejects.toThrow(bomb);
      expect(performance.now() - again).toBeLessThan(100);
      expect(await own.deleteAll(['.a | select(. == 1)'], [{ a: 1 }])).toEqual([{}]);
    } finally {
      await own.close();
    }
  });

  it('tries a refused expression again after a while', async () => {
    const own = createJq({ wasmPath, timeoutMs: 200, refuseMs: 1 });
    for (let i = 0; i < 2; i += 1)
      await expect(own.deleteAll(['def f: f; f'], [{}])).rejects.toMatchObject({ code: 'deadline' });
    await own.close();
  });
});
