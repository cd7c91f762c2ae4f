import { isJsonObject, type JsonObject, type KubeObject } from '@tiphys/model';
import { unionOfFields } from '@tiphys/merge';
import { isWhole, type FieldTree } from './field-tree.ts';

/**
 * The fields that a manager has set by server-side apply and that nobody else owns too: those that go when it applies
 * without them. Undefined where it has applied nothing.
 */
export function exclusiveFields(
  entries: KubeObject['metadata']['managedFields'],
  manager: string,
): FieldTree | undefined {
  const isOwn = (entry: JsonObject): boolean =>
    entry['manager'] === manager && entry['operation'] === 'Apply' && (entry['subresource'] ?? '') === '';
  const own = (entries ?? []).find(isOwn)?.['fieldsV1'];
  if (!isJsonObject(own)) return undefined;
  const others = (entries ?? []).filter((entry) => !isOwn(entry)).map((entry) => entry['fieldsV1']);
  const all = others
    .filter(isJsonObject)
    .reduce<FieldTree>((tree, one) => unionOfFields(tree, one) as FieldTree, {});
  return without(own, all);
}

function without(tree: FieldTree, others: FieldTree): FieldTree {
  const left: Record<string, JsonObject> = {};
  for (const [step, inner] of Object.entries(tree)) {
    if (!isJsonObject(inner)) continue;
    const shared = others[step];
    if (!isJsonObject(shared)) {
      left[step] = inner;
      continue;
    }
    // An element that somebody else holds stays, and so does a field that is owned as a whole.
    if (!step.startsWith('f:') || isWhole(inner)) continue;
    const rest = without(inner, shared);
    if (!isWhole(rest)) left[step] = rest;
  }
  return left;
}
