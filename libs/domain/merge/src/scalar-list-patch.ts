import type { JsonValue } from '@tiphys/model';
import { directives } from './directives.ts';
import { isInOrder } from './order.ts';
import type { ListSides, Patch } from './three-way.ts';

/** The part of a patch that merges a list of plain values, such as finalizers. */
export function scalarListPatch(name: string, { original, modified, current }: ListSides): Patch {
  const have = new Set(current);
  const want = new Set(modified);
  const added = modified.filter((value) => !have.has(value));
  const removed = [...new Set(original)].filter((value) => !want.has(value) && have.has(value));
  const patch: Record<string, JsonValue> = {};
  if (added.length > 0) patch[name] = added;
  if (removed.length > 0) patch[directives.deleteFromPrimitiveList + name] = removed;
  const kept = current.filter((value) => want.has(value));
  const changed = added.length > 0 || removed.length > 0 || !isInOrder(kept, modified);
  if (changed && modified.length > 0) patch[directives.setElementOrder + name] = [...modified];
  return patch;
}
