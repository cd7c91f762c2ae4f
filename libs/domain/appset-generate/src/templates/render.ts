import { TiphysError, isJsonObject } from '@tiphys/model';
import type { JsonValue } from '@tiphys/model';
import type { GeneratorInputs, Params } from '../inputs.ts';
import { renderPlain } from './plain.ts';

/** How the templates of an ApplicationSet are written. */
export interface Dialect {
  readonly goTemplate: boolean;
  readonly options: readonly string[];
  readonly renderGo: GeneratorInputs['renderGo'];
}

/**
 * Renders every text in a value, keys among them.
 * @throws TiphysError `invalid` naming the template that fails
 */
export async function renderTree(value: JsonValue, params: Params, dialect: Dialect): Promise<JsonValue> {
  const texts = new Map<string, string>();
  collect(value, texts);
  const wanted = [...texts.keys()].filter((text) => text.includes('{{'));
  const rendered = await renderTexts(wanted, params, dialect);
  wanted.forEach((text, index) => texts.set(text, rendered[index] ?? text));
  return rebuilt(value, texts);
}

/** @throws TiphysError `invalid` for the first that fails */
export async function renderTexts(
  texts: readonly string[],
  params: Params,
  { goTemplate, options, renderGo }: Dialect,
): Promise<readonly string[]> {
  if (texts.length === 0) return [];
  if (!goTemplate) return texts.map((text) => renderPlain(text, params));
  const results = await renderGo(texts, params, options);
  return results.map((result) => {
    if (result.ok) return result.value;
    throw new TiphysError('invalid', result.message);
  });
}

function collect(value: JsonValue | undefined, texts: Map<string, string>): void {
  if (typeof value === 'string') texts.set(value, value);
  else if (Array.isArray(value)) for (const item of value as readonly JsonValue[]) collect(item, texts);
  else if (isJsonObject(value)) {
    for (const [key, inner] of Object.entries(value)) {
      texts.set(key, key);
      collect(inner, texts);
    }
  }
}

function rebuilt(value: JsonValue, texts: ReadonlyMap<string, string>): JsonValue {
  if (typeof value === 'string') return texts.get(value) ?? value;
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => rebuilt(item, texts));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(
    ([key, inner]) => [texts.get(key) ?? key, rebuilt(inner ?? null, texts)] as const,
  );
  return Object.fromEntries(entries);
}
