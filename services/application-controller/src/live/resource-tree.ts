import type { HealthStatus, ResourceKey, ResourceRef } from '@tiphys/model';
import {
  hostsOf,
  type HostedPod,
  type HostInfo,
  type InfoItem,
  type NetworkingInfo,
} from '@tiphys/resource-tree';
import type { ClusterView } from './cluster-view.ts';
import type { LiveObject } from './live-object.ts';

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
  readonly networkingInfo?: NetworkingInfo;
  readonly resourceVersion?: string;
  readonly images?: readonly string[];
  readonly health?: HealthStatus;
  readonly createdAt?: string;
}

export interface ResourceTree {
  readonly nodes: readonly TreeNode[];
  /** What lives in the Application's namespace and belongs to nobody, where its project asks for that. */
  readonly orphanedNodes?: readonly TreeNode[];
  readonly hosts?: readonly HostInfo[];
}

/** Objects that git wants and the cluster lacks: they show in the tree as missing. */
export interface MissingObject {
  readonly ref: ResourceRef;
  readonly version: string;
}

export interface TreeParts {
  /** What the Application manages. */
  readonly roots: readonly LiveObject[];
  readonly missing: readonly MissingObject[];
  readonly orphans?: readonly LiveObject[];
}

/** The tree of an Application: what it manages, everything below, what is missing, and where its pods run. */
export function buildTree(view: ClusterView, { roots, missing, orphans = [] }: TreeParts): ResourceTree {
  const seen = new Map<ResourceKey, LiveObject>();
  const nodes = nodesBelow(view, roots, seen);
  for (const { ref, version } of missing)
    nodes.push({ ...treeRef(ref, version), health: { status: 'Missing' } });
  const hosts = hostsUnder(view, [...seen.values()]);
  const orphanedNodes = nodesBelow(view, orphans, new Map(seen));
  return {
    nodes: nodes.sort(byRef),
    ...(orphanedNodes.length === 0 ? {} : { orphanedNodes: orphanedNodes.sort(byRef) }),
    ...(hosts.length === 0 ? {} : { hosts }),
  };
}

function nodesBelow(
  view: ClusterView,
  roots: readonly LiveObject[],
  seen: Map<ResourceKey, LiveObject>,
): TreeNode[] {
  const nodes: TreeNode[] = [];
  const visit = (object: LiveObject, parent: LiveObject | undefined): void => {
    if (seen.has(object.key)) return;
    seen.set(object.key, object);
    nodes.push(nodeOf(object, parent));
    for (const child of view.childrenOf(object.uid)) visit(child, object);
  };
  for (const root of roots) visit(root, undefined);
  return nodes;
}

/** The nodes that pods among the objects run on, with what neighbours take of them. */
function hostsUnder(view: ClusterView, objects: readonly LiveObject[]): readonly HostInfo[] {
  const own = new Map(objects.filter(({ traits }) => traits?.pod !== undefined).map((pod) => [pod.key, pod]));
  const names = new Set([...own.values()].map(({ traits }) => traits?.pod?.node ?? ''));
  const pods = [...names].flatMap((name) =>
    view
      .podsOn(name)
      .flatMap(({ key, traits }): HostedPod[] =>
        traits?.pod === undefined ? [] : [{ ...traits.pod, isOfApp: own.has(key) }],
      ),
  );
  return pods.length === 0 ? [] : hostsOf(view.hosts(), pods);
}

const treeRef = (ref: ResourceRef, version: string): TreeRef => ({
  ...(ref.group === '' ? {} : { group: ref.group }),
  version,
  kind: ref.kind,
  ...(ref.namespace === '' ? {} : { namespace: ref.namespace }),
  name: ref.name,
});

function nodeOf(object: LiveObject, parent: LiveObject | undefined): TreeNode {
  const networkingInfo = object.traits?.networking;
  return {
    ...treeRef(object.ref, object.version),
    uid: object.uid,
    ...(parent === undefined
      ? {}
      : { parentRefs: [{ ...treeRef(parent.ref, parent.version), uid: parent.uid }] }),
    ...(object.info.length === 0 ? {} : { info: object.info }),
    ...(networkingInfo === undefined ? {} : { networkingInfo }),
    resourceVersion: object.resourceVersion,
    ...(object.images.length === 0 ? {} : { images: object.images }),
    ...(object.health === undefined ? {} : { health: object.health }),
    ...(object.createdAt === '' ? {} : { createdAt: object.createdAt }),
  };
}

const sortKey = (node: TreeNode): string => [node.group, node.kind, node.namespace, node.name].join('/');
const byRef = (a: TreeNode, b: TreeNode): number => (sortKey(a) < sortKey(b) ? -1 : 1);
