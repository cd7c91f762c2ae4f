import type { JsonObject } from '@tiphys/model';
import { describe, expect, it } from 'vitest';
import { parseJqPath, withoutJqPath } from './jq-path.ts';

const object: JsonObject = {
  spec: {
    replicas: 2,
    containers: [
      { name: 'a', image: '1', env: [{ name: 'X' }] },
      { name: 'b', image: '2' },
      { name: 'a', image: '3' },
    ],
    'odd-key': { 'a.b/c': 1 },
  },
};

const without = (expression: string): JsonObject => {
  const steps = parseJqPath(expression);
  if (steps === undefined) throw new Error(`not a plain path: ${expression}`);
  return withoutJqPath(object, steps);
};
const spec = (change: JsonObject): JsonObject => ({ spec: { ...(object['spec'] as JsonObject), ...change } });

describe('plain jq paths', () => {
  it.each<[string, JsonObject]>([
    ['.spec.missing', object],
    ['.spec.containers[].name[0]?', object],
    ['.spec[][0]?.name[7]', object],
    ['.spec["odd-key"]["a.b/c"]', spec({ 'odd-key': {} })],
    ['.spec."odd-key"."a.b/c"', spec({ 'odd-key': {} })],
    [
      '.spec.containers[1]',
      spec({
        containers: [
          { name: 'a', image: '1', env: [{ name: 'X' }] },
          { name: 'a', image: '3' },
        ],
      }),
    ],
    [
      '.spec.containers[].image',
      spec({ containers: [{ name: 'a', env: [{ name: 'X' }] }, { name: 'b' }, { name: 'a' }] }),
    ],
    [
      '.spec.containers[]?.env[]?',
      spec({
        containers: [
          { name: 'a', image: '1', env: [] },
          { name: 'b', image: '2' },
          { name: 'a', image: '3' },
        ],
      }),
    ],
    ['.spec.containers[] | select(.name == "a")', spec({ containers: [{ name: 'b', image: '2' }] })],
    [
      '.spec.containers[] | select(.name == "b") | .image',
      spec({
        containers: [
          { name: 'a', image: '1', env: [{ name: 'X' }] },
          { name: 'b' },
          { name: 'a', image: '3' },
        ],
      }),
    ],
  ])('%s', (expression, result) => {
    expect(without(expression)).toEqual(result);
  });

  it.each(['.a | keys', 'del(.a)', '.a[1:]', '.a // .b', '..', '', '.a[] | select(.b)', '.a | .b'])(
    'leaves %j to jq',
    (expression) => {
      expect(parseJqPath(expression)).toBeUndefined();
    },
  );
});
