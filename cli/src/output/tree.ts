import type { TreeNode } from '../api/schemas/resources.ts';
import type { ResourceState } from './resource-states.ts';
import { statusCell } from './status-colour.ts';
import { formatTable, type Row } from './table.ts';
import type { Paint } from './terminal.ts';
import { age } from './time.ts';

export interface TreeOptions {
  readonly detailed: boolean;
  readonly now: Date;
  readonly paint?: Paint;
}

interface Branch {
  readonly prefix: string;
  readonly node: TreeNode | undefined;
  readonly state: ResourceState | undefined;
  readonly label: string;
}

/** The objects of an application and what they own, as a tree. Objects that are not there stand without children. */
export function formatTree(
  states: readonly ResourceState[],
  nodes: readonly TreeNode[],
  options: TreeOptions,
): string {
  const children = childrenOf(nodes);
  const roots = states.map((state): readonly Branch[] => {
    const node = nodes.find((one) => isSame(one, state));
    const root = { prefix: '', node, state, label: `${state.kind}/${state.name}` };
    return [root, ...(node === undefined ? [] : descend(node, '', children))];
  });
  const header = options.detailed
    ? ['KIND/NAME', 'STATUS', 'HEALTH', 'AGE', 'MESSAGE', 'REASON']
    : ['KIND/NAME', 'STATUS', 'HEALTH', 'MESSAGE'];
  const rows = roots.flat().map((branch) => rowOf(branch, options));
  return formatTable([header, ...rows], options.paint === undefined ? {} : { paint: options.paint });
}

const isSame = (node: TreeNode, state: ResourceState): boolean =>
  (node.group ?? '') === state.group &&
  node.kind === state.kind &&
  (node.namespace ?? '') === state.namespace &&
  node.name === state.name;

type Children = ReadonlyMap<string, readonly TreeNode[]>;

function childrenOf(nodes: readonly TreeNode[]): Children {
  const children = new Map<string, TreeNode[]>();
  for (const node of nodes)
    for (const { uid } of node.parentRefs ?? [])
      if (uid) children.set(uid, [...(children.get(uid) ?? []), node]);
  return children;
}

/** The branches below a node. A node is shown once on a way down, should its owners form a ring. */
function descend(
  node: TreeNode,
  indent: string,
  children: Children,
  above: readonly string[] = [],
): readonly Branch[] {
  const way = [...above, node.uid ?? ''];
  const below = (children.get(node.uid ?? '') ?? []).filter(({ uid }) => !way.includes(uid ?? ''));
  return below.flatMap((child, index) => {
    const last = index === below.length - 1;
    const branch = { prefix: `${indent}${last ? '└─' : '├─'}`, node: child, state: undefined };
    const label = `${child.kind}/${child.name}`;
    return [{ ...branch, label }, ...descend(child, `${indent}${last ? '  ' : '│ '}`, children, way)];
  });
}

function rowOf({ prefix, node, state, label }: Branch, { detailed, now }: TreeOptions): Row {
  const health = state?.health || (node?.health?.status ?? '');
  const cells = [prefix + label, statusCell(state?.status ?? ''), statusCell(health)];
  const message = state?.message ?? '';
  if (!detailed) return [...cells, message];
  return [...cells, age(node?.createdAt, now), message, node?.health?.message ?? ''];
}
