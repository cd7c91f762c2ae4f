import { isJsonObject } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import type { Params } from '../inputs.ts';
import { renderTexts } from './render.ts';
import type { Dialect } from './render.ts';

/** Adds a generator's own `values`, which may use the parameters that it yields. */
export async function withValues(
  values: JsonValue | undefined,
  params: Params,
  dialect: Dialect,
): Promise<Params> {
  if (!isJsonObject(values) || Object.keys(values).length === 0) return params;
  const names = Object.keys(values);
  const texts = names.map((name) => (typeof values[name] === 'string' ? values[name] : ''));
  const rendered = await renderTexts(texts, params, dialect);
  const pairs = names.map((name, index) => [name, rendered[index] ?? ''] as const);
  if (dialect.goTemplate) return { ...params, values: Object.fromEntries(pairs) as JsonObject };
  return { ...params, ...Object.fromEntries(pairs.map(([name, text]) => [`values.${name}`, text])) };
}
