import { TiphysError, arrayAt, isJsonObject } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import type { Params } from '../inputs.ts';
import { overlaid } from '../params.ts';
import type { Generator } from './generator.ts';

/** Yields what the first generator yields, with what the others yield for the same keys laid over it. */
export const merge: Generator = async (generator, { nested, dialect }) => {
  const { children, keys } = readMerge(generator);
  const [base, ...overrides] = await inTurn(children, (child) => nested(child, {}));
  const merged = byKeys(base ?? [], keys);
  for (const override of overrides) {
    for (const [id, params] of byKeys(override, keys)) {
      const below = merged.get(id);
      if (below !== undefined)
        merged.set(id, dialect.goTemplate ? overlaid(below, params) : { ...below, ...params });
    }
  }
  return [...merged.values()];
};

function readMerge(generator: JsonObject): {
  readonly children: readonly JsonObject[];
  readonly keys: readonly string[];
} {
  const children = arrayAt(generator, 'generators').filter(isJsonObject);
  if (children.length < 2) {
    throw new TiphysError('invalid', 'found less than two generators, Merge requires two or more');
  }
  const keys = arrayAt(generator, 'mergeKeys').filter((key) => typeof key === 'string');
  if (keys.length === 0) {
    throw new TiphysError('invalid', 'no merge keys were specified, Merge requires at least one');
  }
  return { children, keys: [...new Set(keys)].sort() };
}

async function inTurn<T, R>(items: readonly T[], one: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await one(item));
  return results;
}

/** @throws TiphysError `invalid` where two have the same keys */
function byKeys(all: readonly Params[], keys: readonly string[]): Map<string, Params> {
  const found = new Map<string, Params>();
  for (const params of all) {
    const id = JSON.stringify(Object.fromEntries(keys.map((key) => [key, params[key] ?? null])));
    if (found.has(id)) {
      throw new TiphysError(
        'invalid',
        `the parameters from a generator were not unique by the given mergeKeys, Merge requires all param sets to be unique. Duplicate key was ${id}`,
      );
    }
    found.set(id, params);
  }
  return found;
}
