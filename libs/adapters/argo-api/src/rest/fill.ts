import type { JsonValue } from '@tiphys/model';
import type { FieldShape, MessageShape } from '../schema/shape.ts';
import { readScalarText, readTimeText } from './scalar-text.ts';

/** A request while it is put together. */
export type Draft = Record<string, JsonValue | undefined>;

const MAP_ENTRY = /^([^[]+)\[(.*)\]$/;

/** Sets a field of a request by its dotted path of proto (or JSON) names; an unknown path is left alone. */
export function fillField(
  shape: MessageShape,
  draft: Draft,
  entry: readonly [path: string, text: string],
): void {
  const [path, text] = entry;
  const map = MAP_ENTRY.exec(path);
  const target = descend(shape, draft, (map?.[1] ?? path).split('.'));
  if (!target) return;
  const { field, parent } = target;
  if (field.label === 'map') {
    if (!map || field.message) return;
    const values = { ...(parent[field.key] as Draft | undefined) };
    values[map[2] ?? ''] = readScalarText(field, text);
    parent[field.key] = values;
  } else if (field.message?.special === 'time' && !map) {
    parent[field.key] = readTimeText(text);
  } else if (field.message || map) {
    return;
  } else if (field.label === 'list') {
    const before = (parent[field.key] as readonly JsonValue[] | undefined) ?? [];
    parent[field.key] = [...before, readScalarText(field, text)];
  } else {
    parent[field.key] = readScalarText(field, text);
  }
}

/** Walks to the object that holds the last step of a path, making the ones in between. */
function descend(
  shape: MessageShape,
  draft: Draft,
  path: readonly string[],
): { readonly field: FieldShape; readonly parent: Draft } | undefined {
  let current = shape;
  let parent = draft;
  for (const [index, name] of path.entries()) {
    const field = current.byName.get(name) ?? [...current.fields].find((each) => each.key === name);
    if (!field) return undefined;
    if (index === path.length - 1) return { field, parent };
    if (!field.message || field.label !== 'single') return undefined;
    if (field.message.special) return secondsOf(field, parent, path.slice(index + 1));
    const inner: Draft = { ...(parent[field.key] as Draft | undefined) };
    parent[field.key] = inner;
    parent = inner;
    current = field.message;
  }
  return undefined;
}

/** A time can be given as its seconds: `sinceTime.seconds`. */
function secondsOf(
  field: FieldShape,
  parent: Draft,
  rest: readonly string[],
): { readonly field: FieldShape; readonly parent: Draft } | undefined {
  const seconds = rest.length === 1 && rest[0] === 'seconds' && field.message?.special === 'time';
  return seconds ? { field, parent } : undefined;
}
