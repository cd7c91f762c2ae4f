import type { TreeNode } from '../api/schemas/resources.ts';
import { formatTable, type Row } from './table.ts';
import { age } from './time.ts';

export interface ListedObject {
  readonly node: TreeNode;
  /** True for what belongs to no application. */
  readonly isOrphaned: boolean;
}

const HEADER = ['GROUP', 'KIND', 'NAMESPACE', 'NAME', 'ORPHANED'];

/** Objects that nothing else owns, in the order of the server. */
export const formatObjects = (objects: readonly ListedObject[]): string =>
  formatTable([HEADER, ...objects.filter(isRoot).map((object) => cellsOf(object, ''))]);

/** Objects and below each what it owns; in detail with age and health. */
export function formatObjectTree(
  objects: readonly ListedObject[],
  { isDetailed, now }: { readonly isDetailed: boolean; readonly now: Date },
): string {
  const header = isDetailed ? [...HEADER, 'AGE', 'HEALTH', 'REASON'] : HEADER;
  const known = new Set(objects.map(({ node }) => node.uid ?? ''));
  const roots = objects.filter(
    (object) => isRoot(object) || ownersOf(object).every((uid) => !known.has(uid)),
  );
  const rows = roots.flatMap((root) => branch(root, { prefix: '', indent: '' }, { objects, way: [] }));
  return formatTable([
    header,
    ...rows.map(({ object, prefix }) => [
      ...cellsOf(object, prefix),
      ...(isDetailed ? detailsOf(object.node, now) : []),
    ]),
  ]);
}

const ownersOf = ({ node }: ListedObject): readonly string[] =>
  (node.parentRefs ?? []).map(({ uid }) => uid ?? '');
const isRoot = (object: ListedObject): boolean => ownersOf(object).length === 0;

interface Line {
  readonly object: ListedObject;
  readonly prefix: string;
}

/** An object is shown once on a way down, should its owners form a ring. */
function branch(
  object: ListedObject,
  { prefix, indent }: { readonly prefix: string; readonly indent: string },
  { objects, way }: { readonly objects: readonly ListedObject[]; readonly way: readonly string[] },
): readonly Line[] {
  const uid = object.node.uid ?? '';
  const here = [...way, uid];
  const owned = objects.filter(
    (one) => uid !== '' && ownersOf(one).includes(uid) && !here.includes(one.node.uid ?? ''),
  );
  const below = owned.flatMap((one, index) => {
    const isLast = index === owned.length - 1;
    const lines = { prefix: `${indent}${isLast ? '└─' : '├─'}`, indent: `${indent}${isLast ? '  ' : '│ '}` };
    return branch(one, lines, { objects, way: here });
  });
  return [{ object, prefix }, ...below];
}

const cellsOf = ({ node, isOrphaned }: ListedObject, prefix: string): Row => [
  `${prefix}${node.group ?? ''}`,
  node.kind,
  node.namespace ?? '',
  node.name,
  isOrphaned ? 'Yes' : 'No',
];

const detailsOf = ({ createdAt, health }: TreeNode, now: Date): Row => [
  age(createdAt, now),
  health?.status ?? '',
  health?.message ?? '',
];
