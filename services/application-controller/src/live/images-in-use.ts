import type { ResourceKey } from '@tiphys/model';
import type { ClusterView } from './cluster-view.ts';
import type { LiveObject } from './live-object.ts';

/** Images of the pods that run below some objects, sorted; a template that no pod was made of does not count. */
export function imagesInUse(view: ClusterView, roots: readonly ResourceKey[]): readonly string[] {
  const images = new Set<string>();
  const seen = new Set<ResourceKey>();
  const visit = (object: LiveObject): void => {
    if (seen.has(object.key)) return;
    seen.add(object.key);
    if (object.ref.kind === 'Pod' && object.ref.group === '')
      for (const image of object.images) images.add(image);
    for (const child of view.childrenOf(object.uid)) visit(child);
  };
  for (const key of roots) {
    const root = view.get(key);
    if (root !== undefined) visit(root);
  }
  return [...images].sort();
}
