import { TiphysError, asJson, isJsonObject } from '@tiphys/model';
import type { ApplicationSet, JsonObject, JsonValue } from '@tiphys/model';
import { generators } from './generators/index.ts';
import type { Generation } from './generators/generator.ts';
import type { GeneratorInputs, Params } from './inputs.ts';
import { flattened } from './params.ts';
import { compileSelector } from './selector.ts';
import { renderTree } from './templates/render.ts';
import type { Dialect } from './templates/render.ts';

/** A matrix of matrices may multiply a few lines into more than a machine holds. */
const MAX_PARAMS = 10_000;
const MAX_DEPTH = 3;

export const dialectOf = ({ spec }: ApplicationSet, { renderGo }: GeneratorInputs): Dialect => ({
  goTemplate: spec.goTemplate === true,
  options: spec.goTemplateOptions ?? [],
  renderGo,
});

/** What one of the generators of an ApplicationSet yields, in order. */
export async function paramsOf(
  generator: JsonObject,
  appset: ApplicationSet,
  inputs: GeneratorInputs,
): Promise<readonly Params[]> {
  return await expand(generator, { inputs, dialect: dialectOf(appset, inputs), depth: 1 });
}

interface Expansion {
  readonly inputs: GeneratorInputs;
  readonly dialect: Dialect;
  readonly depth: number;
}

async function expand(generator: JsonObject, expansion: Expansion): Promise<readonly Params[]> {
  const { dialect, depth } = expansion;
  if (depth > MAX_DEPTH) throw new TiphysError('invalid', `generators nest deeper than ${MAX_DEPTH} levels`);
  const generation: Generation = {
    ...expansion,
    nested: async (child, params) => {
      const filled = Object.keys(params).length === 0 ? child : await interpolated(child, params, dialect);
      return await expand(filled, { ...expansion, depth: depth + 1 });
    },
  };
  const found: Params[] = [];
  for (const [kind, body] of kindsIn(generator)) {
    const generate = Object.hasOwn(generators, kind) ? generators[kind] : undefined;
    if (generate === undefined) throw new TiphysError('invalid', `'${kind}' is no kind of generator`);
    found.push(...(await generate(body, generation)));
    if (found.length > MAX_PARAMS) {
      throw new TiphysError('resource-exhausted', `a generator yields more than ${MAX_PARAMS} Applications`);
    }
  }
  const selects = compileSelector(generator['selector']);
  return selects === undefined ? found : found.filter((params) => selects(flattened(params)));
}

/** The kinds that a generator object names; `selector` is none of them. */
function kindsIn(generator: JsonObject): readonly (readonly [string, JsonObject])[] {
  return Object.entries(generator).flatMap(([kind, body]) =>
    kind !== 'selector' && isJsonObject(body) ? [[kind, body] as const] : [],
  );
}

type Entry = readonly [kind: string, body: JsonValue | undefined];

/** A generator with the parameters of its sibling put in; its template waits for its own. */
async function interpolated(generator: JsonObject, params: Params, dialect: Dialect): Promise<JsonObject> {
  const interpolate = async (kind: string, body: JsonValue | undefined): Promise<Entry> => {
    if (!isJsonObject(body)) return [kind, body];
    const { template, ...rest } = body;
    const rendered = (await renderTree(rest, params, dialect)) as JsonObject;
    return [kind, template === undefined ? rendered : { ...rendered, template }];
  };
  const entries = await Promise.all(Object.entries(generator).map(([kind, body]) => interpolate(kind, body)));
  return Object.fromEntries(entries);
}

/** Kinds of generators in an ApplicationSet, nested ones too, that nobody knows. */
export function unknownGenerators(appset: ApplicationSet): readonly string[] {
  const unknown = new Set<string>();
  const look = (generator: JsonObject): void => {
    for (const [kind, body] of Object.entries(generator)) {
      if (kind === 'selector') continue;
      if (!Object.hasOwn(generators, kind)) unknown.add(kind);
      const inner = isJsonObject(body) ? body['generators'] : undefined;
      if (Array.isArray(inner)) for (const each of inner) if (isJsonObject(each)) look(each);
    }
  };
  const all = asJson(appset)['spec'];
  const top = isJsonObject(all) ? all['generators'] : undefined;
  if (Array.isArray(top)) for (const each of top) if (isJsonObject(each)) look(each);
  return [...unknown].sort();
}
