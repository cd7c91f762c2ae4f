import { isJsonObject } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';

/** A tree of names: what a `fields` query selects; a leaf selects all below it. */
interface Selection {
  readonly children: Map<string, Selection>;
}

/** How a reply is cut down to the fields a client asked for. */
export interface FieldFilter {
  /** True where the list names what stays, false where it names what goes. */
  readonly keeps: boolean;
  apply(value: JsonObject): JsonObject;
}

/**
 * Reads `fields=a.b,c.d`; a leading `-` turns the whole list into what is left out. Arrays are passed through
 * element by element. What is in `always` stays whatever was asked for. Undefined for an empty query.
 */
export function parseFields(text: string | null, always: readonly string[] = []): FieldFilter | undefined {
  if (text === null || text.trim() === '') return undefined;
  const exclude = text.startsWith('-');
  const paths = (exclude ? text.slice(1) : text).split(',').map((path) => path.trim().replace(/^-/, ''));
  const selection = selectionOf(paths);
  const withAlways = (value: JsonObject): JsonObject => ({
    ...(only(value, selection) as JsonObject),
    ...Object.fromEntries(always.filter((key) => key in value).map((key) => [key, value[key]])),
  });
  return {
    keeps: !exclude,
    apply: (value) => (exclude ? without(value, selection) : withAlways(value)) as JsonObject,
  };
}

function selectionOf(paths: readonly string[]): Selection {
  const root: Selection = { children: new Map() };
  for (const path of paths) {
    let node = root;
    for (const name of path.split('.')) {
      const next = node.children.get(name) ?? { children: new Map<string, Selection>() };
      node.children.set(name, next);
      node = next;
    }
  }
  return root;
}

function only(value: JsonValue | undefined, { children }: Selection): JsonValue | undefined {
  if (children.size === 0) return value;
  if (Array.isArray(value)) return value.map((item: JsonValue) => only(item, { children }) ?? null);
  if (!isJsonObject(value)) return value;
  const kept: Record<string, JsonValue | undefined> = {};
  for (const [name, child] of children) {
    const found = only(value[name], child);
    if (found !== undefined) kept[name] = found;
  }
  return kept;
}

function without(value: JsonValue | undefined, { children }: Selection): JsonValue | undefined {
  if (Array.isArray(value)) return value.map((item: JsonValue) => without(item, { children }) ?? null);
  if (!isJsonObject(value)) return value;
  const kept: Record<string, JsonValue | undefined> = {};
  for (const [name, member] of Object.entries(value)) {
    const child = children.get(name);
    if (child === undefined) kept[name] = member;
    else if (child.children.size > 0) kept[name] = without(member, child);
  }
  return kept;
}
