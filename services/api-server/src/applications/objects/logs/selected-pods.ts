import { arrayAt, keyOf, stringAt } from '@tiphys/model';
import type { JsonValue, ResourceRef } from '@tiphys/model';
import { nodeRef } from '../../resource-actions/app-resources.ts';

/** Which objects the logs are of; what is empty selects all. */
export type PodSelection = ResourceRef;

/** The pods of a tree that are selected, or that belong to a selected object. Each is in the cluster. */
export function selectedPods(
  nodes: readonly JsonValue[],
  selection: PodSelection,
): readonly (ResourceRef & { readonly version: string })[] {
  const byKey = new Map(nodes.map((node) => [keyOf(nodeRef(node)), node]));
  return nodes
    .filter((node) => isLivePod(node) && isSelected(node, { byKey, selection, seen: new Set() }))
    .map((node) => ({ ...nodeRef(node), version: stringAt(node, 'version') ?? 'v1' }));
}

const isLivePod = (node: JsonValue): boolean =>
  stringAt(node, 'kind') === 'Pod' &&
  (stringAt(node, 'group') ?? '') === '' &&
  (stringAt(node, 'uid') ?? '') !== '';

interface Search {
  readonly byKey: ReadonlyMap<string, JsonValue>;
  readonly selection: PodSelection;
  /** Owners looked at already, should they form a ring. */
  readonly seen: Set<string>;
}

function isSelected(node: JsonValue, search: Search): boolean {
  const ref = nodeRef(node);
  if (matches(ref, search.selection)) return true;
  search.seen.add(keyOf(ref));
  return arrayAt(node, 'parentRefs').some((parent) => {
    const key = keyOf(nodeRef(parent));
    const owner = search.byKey.get(key);
    return owner !== undefined && !search.seen.has(key) && isSelected(owner, search);
  });
}

const matches = (ref: ResourceRef, selection: PodSelection): boolean =>
  (['group', 'kind', 'namespace', 'name'] as const).every(
    (key) => selection[key] === '' || selection[key] === ref[key],
  );
