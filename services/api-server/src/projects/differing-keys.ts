import { isJsonObject } from '@tiphys/model';
import type { JsonValue } from '@tiphys/model';

/** Keys of a spec, and of the objects in it, in the order in which they are compared. */
const ORDER: readonly string[] = [
  'sourceRepos',
  'destinations',
  'description',
  'roles',
  'clusterResourceWhitelist',
  'namespaceResourceBlacklist',
  'orphanedResources',
  'syncWindows',
  'namespaceResourceWhitelist',
  'signatureKeys',
  'clusterResourceBlacklist',
  'sourceNamespaces',
  'permitOnlyProjectScopedClusters',
  'destinationServiceAccounts',
  'sourceIntegrity',
  'kind',
  'schedule',
  'duration',
  'applications',
  'namespaces',
  'clusters',
  'manualSync',
  'timeZone',
  'andOperator',
  'syncOverrun',
  'server',
  'namespace',
  'name',
  'policies',
  'jwtTokens',
  'groups',
];

const SPELLED: Readonly<Record<string, string>> = {
  iat: 'IssuedAt',
  exp: 'ExpiresAt',
  id: 'ID',
  andOperator: 'UseAndOperator',
};

/** Where two specs differ: the path of each value that differs, all joined by commas. */
export function differingKeys(existing: JsonValue | undefined, given: JsonValue | undefined): string {
  return [...differences(existing, given)].map((path) => path.join(',')).join(',');
}

function* differences(
  a: JsonValue | undefined,
  b: JsonValue | undefined,
  path: readonly string[] = [],
): Generator<readonly string[]> {
  if (Array.isArray(a) || Array.isArray(b)) yield* inLists(listOf(a), listOf(b), path);
  else if (isJsonObject(a) || isJsonObject(b)) yield* inObjects(objectOf(a), objectOf(b), path);
  else if (!isZero(a) || !isZero(b)) if (a !== b) yield path;
}

function* inLists(
  a: readonly JsonValue[],
  b: readonly JsonValue[],
  path: readonly string[],
): Generator<readonly string[]> {
  for (let at = 0; at < Math.max(a.length, b.length); at++)
    yield* differences(a[at], b[at], [...path, String(at)]);
}

function* inObjects(
  a: Readonly<Record<string, JsonValue | undefined>>,
  b: Readonly<Record<string, JsonValue | undefined>>,
  path: readonly string[],
): Generator<readonly string[]> {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort((x, y) => rank(x) - rank(y));
  for (const key of keys) yield* differences(a[key], b[key], [...path, spelled(key)]);
}

const rank = (key: string): number => (ORDER.indexOf(key) + ORDER.length + 1) % (ORDER.length + 1);
const spelled = (key: string): string => SPELLED[key] ?? key.charAt(0).toUpperCase() + key.slice(1);
const isZero = (value: JsonValue | undefined): boolean =>
  value === undefined || value === null || value === '' || value === false || value === 0;
const listOf = (value: JsonValue | undefined): readonly JsonValue[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]) : [];
const objectOf = (value: JsonValue | undefined): Readonly<Record<string, JsonValue | undefined>> =>
  isJsonObject(value) ? value : {};
