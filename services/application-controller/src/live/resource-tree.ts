import type { HealthStatus, ResourceKey, ResourceRef } from '@tiphys/model';
import type { ClusterView } from './cluster-view.ts';
import type { LiveObject } from './live-object.ts';
import type { InfoItem } from './resource-info.ts';

interface TreeRef {
  readonly group?: string;
  readonly version?: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly uid?: string;
}

/** A node of the resource tree in the JSON form of the public API. */
export interface TreeNode extends TreeRef {
  readonly parentRefs?: readonly TreeRef[];
  readonly info?: readonly InfoItem[];
  readonly resourceVersion?: string;
  readonly images?: readonly string[];
  readonly health?: HealthStatus;
  readonly createdAt?: string;
}

export interface ResourceTree {
  readonly nodes: readonly TreeNode[];
}

/** Objects that git wants and the cluster lacks: they show in the tree as missing. */
export interface MissingObject {
  readonly ref: ResourceRef;
  readonly version: string;
}

/** The tree of an Application: what it manages, everything below, and what is missing. */
export function buildTree(
  view: ClusterView,
  roots: readonly LiveObject[],
  missing: readonly MissingObject[],
): ResourceTree {
  const nodes: TreeNode[] = [];
  const seen = new Set<ResourceKey>();
  const visit = (object: LiveObject, parent: LiveObject | undefined): void => {
    if (seen.has(object.key)) return;
    seen.add(object.key);
    nodes.push(nodeOf(object, parent));
    for (const child of view.childrenOf(object.uid)) visit(child, object);
  };
  for (const root of roots) visit(root, undefined);
  for (const { ref, version } of missing)
    nodes.push({ ...treeRef(ref, version), health: { status: 'Missing' } });
  return { nodes: nodes.sort(byRef) };
}

const treeRef = (ref: ResourceRef, version: string): TreeRef => ({
  ...(ref.group === '' ? {} : { group: ref.group }),
  version,
  kind: ref.kind,
  ...(ref.namespace === '' ? {} : { namespace: ref.namespace }),
  name: ref.name,
});

function nodeOf(object: LiveObject, parent: LiveObject | undefined): TreeNode {
  return {
    ...treeRef(object.ref, object.version),
    uid: object.uid,
    ...(parent === undefined
      ? {}
      : { parentRefs: [{ ...treeRef(parent.ref, parent.version), uid: parent.uid }] }),
    ...(object.info.length === 0 ? {} : { info: object.info }),
    resourceVersion: object.resourceVersion,
    ...(object.images.length === 0 ? {} : { images: object.images }),
    ...(object.health === undefined ? {} : { health: object.health }),
    ...(object.createdAt === '' ? {} : { createdAt: object.createdAt }),
  };
}

const sortKey = (node: TreeNode): string => [node.group, node.kind, node.namespace, node.name].join('/');
const byRef = (a: TreeNode, b: TreeNode): number => (sortKey(a) < sortKey(b) ? -1 : 1);
