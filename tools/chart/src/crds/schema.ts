import { jsonCell, type TableRow } from './table.ts';

/** A structural OpenAPI v3 schema as it stands in a CRD. */
export interface Schema {
  type?: string;
  format?: string;
  enum?: string[];
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema;
  [keyword: string]: unknown;
}

interface Node {
  readonly row: TableRow;
  readonly children: Map<string, Node>;
}

/** The schema trees of all CRDs in the table, by the short name that `children_same_as` starts with. */
export type Forest = ReadonlyMap<string, Node>;

const step = /^(\.[^.[{]+|\[\]|\{\*\})/;

/** Splits `.spec.sources[].helm{*}` into `.spec`, `.sources`, `[]`, `.helm`, `{*}`. */
export function pathSteps(path: string): readonly string[] {
  const steps: string[] = [];
  for (let rest = path === '.' ? '' : path; rest !== '';) {
    const found = step.exec(rest)?.[0];
    if (found === undefined) throw new Error(`cannot read the schema path ${path} at ${rest}`);
    steps.push(found);
    rest = rest.slice(found.length);
  }
  return steps;
}

/** Links the schema rows into one tree for each CRD. Rows must come parents first. */
export function plantForest(rows: readonly TableRow[]): Forest {
  const forest = new Map<string, Node>();
  for (const row of rows.filter(({ version }) => version !== '#meta')) {
    const tree = row.crd.slice(0, row.crd.indexOf('.'));
    const steps = pathSteps(row.path);
    const last = steps.at(-1);
    const node: Node = { row, children: new Map() };
    if (last === undefined) forest.set(tree, node);
    else find(forest, tree, steps.slice(0, -1)).children.set(last, node);
  }
  return forest;
}

function find(forest: Forest, tree: string, steps: readonly string[]): Node {
  let node = forest.get(tree);
  for (const each of steps) node = node && childrenOf(forest, node).get(each);
  if (node === undefined) throw new Error(`the CRD table has no row ${tree}${steps.join('')}`);
  return node;
}

function childrenOf(forest: Forest, node: Node): Map<string, Node> {
  const same = node.row.children_same_as;
  if (same === '') return node.children;
  const dot = same.indexOf('.');
  return childrenOf(forest, find(forest, same.slice(0, dot), pathSteps(same.slice(dot))));
}

/** The full schema of the CRD called `tree` (its plural name), with repeated subtrees written out. */
export function schemaOf(forest: Forest, tree: string): Schema {
  return toSchema(forest, find(forest, tree, []));
}

function toSchema(forest: Forest, node: Node): Schema {
  const { row } = node;
  const schema: Schema = { ...jsonCell(row.constraints_or_value), ...jsonCell(row.x_kubernetes) };
  if (row.type !== '') schema.type = row.type.replace(/\(.*/, '');
  if (row.format !== '') schema.format = row.format;
  if (row.enum !== '') schema.enum = row.enum.split(',');
  for (const [name, child] of childrenOf(forest, node)) attach(schema, name, toSchema(forest, child));
  const required = [...childrenOf(forest, node)].filter(([, child]) => child.row.required === 'yes');
  if (required.length > 0) schema.required = required.map(([name]) => name.slice(1)).sort();
  return schema;
}

function attach(schema: Schema, name: string, child: Schema): void {
  if (name === '[]') schema.items = child;
  else if (name === '{*}') schema.additionalProperties = child;
  else schema.properties = { ...schema.properties, [name.slice(1)]: child };
}
