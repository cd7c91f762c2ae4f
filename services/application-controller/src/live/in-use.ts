import { GROUP, groupKindKey, type ResourceKey } from '@tiphys/model';
import type { ClusterView } from './cluster-view.ts';
import type { LiveObject } from './live-object.ts';

/** What runs below the objects of an Application, for the summary of its status; both lists are sorted. */
export interface InUse {
  /** Images of pods; a template that no pod was made of does not count. */
  readonly images: readonly string[];
  /** Addresses at which something of it can be reached. */
  readonly externalURLs: readonly string[];
  /** An Application is among them. */
  readonly isAppOfApps: boolean;
}

const APPLICATION = groupKindKey({ group: GROUP, kind: 'Application' });

/** Walks the tree below some objects. */
export function inUseBelow(view: ClusterView, roots: readonly ResourceKey[]): InUse {
  const images = new Set<string>();
  const urls = new Set<string>();
  const seen = new Set<ResourceKey>();
  const visit = (object: LiveObject): void => {
    if (seen.has(object.key)) return;
    seen.add(object.key);
    if (object.ref.kind === 'Pod' && object.ref.group === '')
      for (const image of object.images) images.add(image);
    for (const url of object.traits?.networking?.externalURLs ?? []) urls.add(url);
    for (const child of view.childrenOf(object.uid)) visit(child);
  };
  for (const key of roots) {
    const root = view.get(key);
    if (root !== undefined) visit(root);
  }
  const isAppOfApps = [...roots, ...seen].some((key) => key.startsWith(`${APPLICATION}/`));
  return { images: [...images].sort(), externalURLs: [...urls].sort(), isAppOfApps };
}
