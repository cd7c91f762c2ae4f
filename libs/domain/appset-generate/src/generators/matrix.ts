import { TiphysError, arrayAt, isJsonObject } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import type { Params } from '../inputs.ts';
import { combined, overlaid } from '../params.ts';
import type { Generator } from './generator.ts';

/** Yields every pair of what two generators yield; the second may use what the first yields. */
export const matrix: Generator = async (generator, { nested, dialect }) => {
  const [first, second] = childrenOf(generator);
  const join = dialect.goTemplate ? (a: Params, b: Params): Params => overlaid(b, a) : combined;
  const pairs: Params[] = [];
  for (const left of await nested(first, {})) {
    for (const right of await nested(second, left)) pairs.push(join(left, right));
  }
  return pairs;
};

function childrenOf(generator: JsonObject): readonly [JsonObject, JsonObject] {
  const children = arrayAt(generator, 'generators');
  const [first, second] = children;
  const wrong = children.length > 2 ? 'more' : 'less';
  if (children.length !== 2 || !isJsonObject(first) || !isJsonObject(second)) {
    throw new TiphysError('invalid', `found ${wrong} than two generators, Matrix support only two`);
  }
  return [first, second];
}
