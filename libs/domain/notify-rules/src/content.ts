import { isJsonObject, stringAt, valueAt, type JsonObject, type JsonValue } from '@tiphys/model';

/** One text of a template that must be rendered, and where its result belongs. */
export interface TemplateText {
  readonly path: readonly string[];
  readonly text: string;
  /** An empty result leaves what an earlier template of the same message set. */
  readonly keepsEarlier: boolean;
}

const fixed: readonly { readonly path: readonly string[]; readonly keepsEarlier: boolean }[] = [
  { path: ['message'], keepsEarlier: true },
  { path: ['email', 'subject'], keepsEarlier: true },
  { path: ['email', 'body'], keepsEarlier: true },
  { path: ['slack', 'username'], keepsEarlier: false },
  { path: ['slack', 'icon'], keepsEarlier: false },
  { path: ['slack', 'attachments'], keepsEarlier: false },
  { path: ['slack', 'blocks'], keepsEarlier: false },
  { path: ['slack', 'groupingKey'], keepsEarlier: false },
];

/** The texts of a template that are Go templates; all other values are taken as they are. */
export function templateTexts(template: JsonObject): readonly TemplateText[] {
  const webhooks = Object.keys(objectAt(template, 'webhook')).flatMap((name) =>
    ['body', 'path'].map((field) => ({ path: ['webhook', name, field], keepsEarlier: false })),
  );
  return [...fixed, ...webhooks].flatMap(({ path, keepsEarlier }) => {
    const text = stringAt(template, ...path);
    return text === undefined ? [] : [{ path, text, keepsEarlier }];
  });
}

/**
 * The content of a message after one more of its templates: the template's plain values, with each rendered text
 * in its place. `rendered` are the results in the order of `templateTexts`.
 */
export function addTemplate(
  content: JsonObject,
  template: JsonObject,
  rendered: readonly string[],
): JsonObject {
  const texts = templateTexts(template);
  const plain = merge(content, withoutTexts(template, texts));
  return texts.reduce<JsonObject>((result, { path, keepsEarlier }, index) => {
    const value = rendered[index] ?? '';
    if (keepsEarlier && value === '') return result;
    return setAt(result, path, value);
  }, plain);
}

const withoutTexts = (template: JsonObject, texts: readonly TemplateText[]): JsonObject =>
  texts.reduce((result, { path }) => setAt(result, path, undefined), template);

function setAt(
  target: JsonObject,
  [key = '', ...rest]: readonly string[],
  value: JsonValue | undefined,
): JsonObject {
  if (rest.length > 0) return { ...target, [key]: setAt(objectAt(target, key), rest, value) };
  return value === undefined
    ? Object.fromEntries(Object.entries(target).filter(([name]) => name !== key))
    : { ...target, [key]: value };
}

function merge(base: JsonObject, added: JsonObject): JsonObject {
  const result: Record<string, JsonValue | undefined> = { ...base };
  for (const [key, value] of Object.entries(added)) {
    const known = result[key];
    result[key] = isJsonObject(known) && isJsonObject(value) ? merge(known, value) : value;
  }
  return result;
}

function objectAt(value: JsonObject, key: string): JsonObject {
  const found = valueAt(value, key);
  return isJsonObject(found) ? found : {};
}
