import { isJsonObject } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';

/** What differs from machine to machine, or from moment to moment. */
const IGNORED: ReadonlySet<string> = new Set([
  'apisCount',
  'apiVersions',
  'capacity',
  'clusterIP',
  'clusterIPs',
  'digest',
  'generation',
  'managedFields',
  'observedGeneration',
  'requestedByNeighbors',
  'resourceVersion',
  'resourcesCount',
  'systemInfo',
  'uid',
]);
/** Of an object that is carried as text, what its controllers write is left out. */
const IGNORED_IN_OBJECTS: ReadonlySet<string> = new Set([...IGNORED, 'status']);

/**
 * A message in a form that can be compared: objects that are carried as text are objects, lists without an order of
 * their own are sorted, times are times.
 */
export function comparable(value: JsonValue, ignored: ReadonlySet<string> = IGNORED): JsonValue {
  if (Array.isArray(value)) {
    const items = (value as readonly JsonValue[]).map((item) => comparable(item, ignored));
    return hasOrder(items) ? items : items.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  }
  if (typeof value === 'string') return ofText(value);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !ignored.has(key))
      .map(([key, inner]) => [key, comparable(key === 'nodes' ? declared(inner) : (inner ?? null), ignored)]),
  );
}

/** Of a tree, what Applications declare: what controllers make of it has names and numbers of its own. */
const declared = (nodes: JsonValue | undefined): JsonValue =>
  Array.isArray(nodes)
    ? (nodes as readonly JsonValue[]).filter((node) => isJsonObject(node) && node['parentRefs'] === undefined)
    : (nodes ?? null);

function ofText(text: string): JsonValue {
  if (/^\d{4}-\d\d-\d\dT/.test(text)) return '<time>';
  if (!text.startsWith('{"')) return text;
  return comparable(JSON.parse(text) as JsonValue, IGNORED_IN_OBJECTS);
}

/** The history is in the order of its ids. */
const hasOrder = (items: readonly JsonValue[]): boolean =>
  items.some((item) => isJsonObject(item) && item['deployedAt'] !== undefined);

/** Things with a name are sorted by it, so that they stand beside what they are compared with whatever differs. */
function sortKey(item: JsonValue): string {
  if (!isJsonObject(item)) return JSON.stringify(item);
  const { group = '', kind = '', namespace = '', name = '' } = item;
  return JSON.stringify([group, kind, namespace, name, item]);
}

/** Messages with Applications that had not been compared with git yet when they were recorded are compared without a status. */
export function withoutEarlyStatus(
  recorded: JsonValue,
  answered: JsonValue,
): readonly [JsonValue, JsonValue] {
  if (!isJsonObject(recorded) || !isJsonObject(answered)) return [recorded, answered];
  const { status } = recorded;
  const isEarly = isJsonObject(recorded['spec']) && !(isJsonObject(status) && 'reconciledAt' in status);
  if (!isEarly) return [recorded, answered];
  const [{ status: _recorded, ...left }, { status: _answered, ...right }] = [recorded, answered];
  return [left, right];
}

/** True where a text is the recorded one, placeholders standing for anything. */
export function isSameText(recorded: string, text: string): boolean {
  const parts = recorded.trim().split(/<[a-z0-9]+-\d+>/u);
  return new RegExp(`^${parts.map((part) => escaped(part)).join('.*')}$`, 'su').test(text.trim());
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');

/** The request with an approval of a deletion of now: it counts from the deletion on. */
export const approvedNow = (request: JsonObject): JsonObject =>
  JSON.parse(
    JSON.stringify(request).replace(
      /("argocd\.argoproj\.io\/deletion-approved":")[^"]*/u,
      `$1${new Date().toISOString()}`,
    ),
  ) as JsonObject;
