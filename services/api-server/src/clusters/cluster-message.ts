import { annotations, arrayAt, isJsonObject, labels, stringAt, valueAt } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import type { SecretDraft } from '../store/declared-secrets.ts';

/** Marks of a secret that are no labels or annotations of the cluster. */
const RESERVED: ReadonlySet<string> = new Set([
  labels.secretType,
  annotations.managedBy,
  annotations.lastApplied,
]);

type TextMap = Readonly<Record<string, string>>;

/** A map of a message or of metadata, without what is reserved. */
export function openMap(value: JsonValue | undefined): TextMap {
  const entries = Object.entries(isJsonObject(value) ? value : {});
  return Object.fromEntries(
    entries.filter(
      (entry): entry is [string, string] => !RESERVED.has(entry[0]) && typeof entry[1] === 'string',
    ),
  );
}

const reservedOnly = (map: TextMap | undefined): TextMap =>
  Object.fromEntries(Object.entries(map ?? {}).filter(([key]) => RESERVED.has(key)));

/** Namespaces that the control plane is limited to; empty ones do not count. */
export const namespacesOf = (message: JsonObject): readonly string[] =>
  arrayAt(message, 'namespaces')
    .filter((one): one is string => typeof one === 'string')
    .map((one) => one.trim())
    .filter((one) => one !== '');

export const serverOf = (message: JsonObject): string =>
  (stringAt(message, 'server') ?? '').trim().replace(/\/+$/u, '');

/** The cluster that a secret's data stand for, as the API has it, with everything secret in it. */
export function clusterOfData(
  data: TextMap,
  metadata: { readonly labels?: TextMap; readonly annotations?: TextMap },
  config: JsonObject,
): JsonObject {
  const server = (data['server'] ?? '').trim().replace(/\/+$/u, '');
  const shard = Number(data['shard'] ?? '');
  const namespaces = (data['namespaces'] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const refresh = metadata.annotations?.[annotations.refresh];
  const open = { labels: openMap(metadata.labels), annotations: openMap(metadata.annotations) };
  return {
    server,
    name: data['name'] || server,
    config,
    ...(namespaces.length === 0 ? {} : { namespaces }),
    ...(data['clusterResources'] === 'true' ? { clusterResources: true } : {}),
    ...(Number.isSafeInteger(shard) && shard > 0 ? { shard } : {}),
    ...((data['project'] ?? '') === '' ? {} : { project: data['project'] }),
    ...(refresh === undefined ? {} : { refreshRequestedAt: refresh }),
    ...(Object.keys(open.labels).length === 0 ? {} : { labels: open.labels }),
    ...(Object.keys(open.annotations).length === 0 ? {} : { annotations: open.annotations }),
  };
}

/** What a secret holds for a cluster; of its own marks it keeps those that are not the cluster's. */
export function draftOfCluster(
  message: JsonObject,
  before: { readonly data?: TextMap; readonly labels?: TextMap; readonly annotations?: TextMap } = {},
): SecretDraft {
  const namespaces = namespacesOf(message);
  const shard = message['shard'];
  const set: Readonly<Record<string, string | undefined>> = {
    server: serverOf(message),
    name: stringAt(message, 'name') || serverOf(message),
    config: JSON.stringify(configOf(message)),
    namespaces: namespaces.length === 0 ? undefined : namespaces.join(','),
    clusterResources: namespaces.length > 0 && message['clusterResources'] === true ? 'true' : undefined,
    shard: shard === undefined || shard === null || Number(shard) === 0 ? undefined : String(Number(shard)),
    project: stringAt(message, 'project') || undefined,
  };
  const others = Object.entries(before.data ?? {}).filter(([key]) => !(key in set));
  const own = Object.entries(set).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    data: Object.fromEntries([...others, ...own]),
    labels: { ...openMap(message['labels']), ...reservedOnly(before.labels) },
    annotations: { ...openMap(message['annotations']), ...reservedOnly(before.annotations) },
  };
}

/** How to connect, with the part that is always written. */
function configOf(message: JsonObject): JsonObject {
  const config = valueAt(message, 'config');
  const given = isJsonObject(config) ? config : {};
  const tls = isJsonObject(given['tlsClientConfig']) ? given['tlsClientConfig'] : {};
  const entries = Object.entries({
    ...given,
    tlsClientConfig: { ...nonEmpty(tls), insecure: tls['insecure'] === true },
  });
  return nonEmpty(Object.fromEntries(entries));
}

const nonEmpty = (object: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(object).filter(
      ([, value]) => value !== '' && value !== null && value !== undefined && value !== false,
    ),
  );

/** A cluster as clients may see it: nothing that logs in, no program that is run to do so. */
export function shownCluster({ config, ...message }: JsonObject): JsonObject {
  const tls =
    isJsonObject(config) && isJsonObject(config['tlsClientConfig']) ? config['tlsClientConfig'] : {};
  const aws = isJsonObject(config) ? config['awsAuthConfig'] : undefined;
  const proxyUrl = isJsonObject(config) ? stringAt(config, 'proxyUrl') : undefined;
  const serverName = stringAt(tls, 'serverName') ?? '';
  return {
    ...message,
    config: {
      tlsClientConfig: { insecure: tls['insecure'] === true, ...(serverName === '' ? {} : { serverName }) },
      ...(isJsonObject(aws) ? { awsAuthConfig: aws } : {}),
      ...(proxyUrl === undefined || proxyUrl === '' ? {} : { proxyUrl: withoutLogin(proxyUrl) }),
      ...(isJsonObject(config) && config['disableCompression'] === true ? { disableCompression: true } : {}),
    },
  };
}

const withoutLogin = (url: string): string => url.replace(/^([a-z][a-z0-9+.-]*:\/\/)?[^/]*@/iu, '$1');

const FIELDS = [
  ['server', 'Server'],
  ['name', 'Name'],
  ['config', 'Config'],
  ['namespaces', 'Namespaces'],
  ['shard', 'Shard'],
  ['clusterResources', 'ClusterResources'],
  ['project', 'Project'],
  ['labels', 'Labels'],
  ['annotations', 'Annotations'],
] as const;

/** Names of the fields in which a declared cluster and a draft of it differ; never a value. */
export function clusterDifferences(existing: JsonObject, wanted: JsonObject): readonly string[] {
  const [one, other] = [existing, wanted].map((message) => comparable(message));
  return FIELDS.flatMap(([key, label]) => {
    const [a, b] = [one?.[key] ?? '', other?.[key] ?? ''];
    return a === b ? [] : [label, ...differentKeys(key, existing, wanted)];
  });
}

function differentKeys(field: string, existing: JsonObject, wanted: JsonObject): readonly string[] {
  if (field !== 'labels' && field !== 'annotations') return [];
  const [a, b] = [openMap(existing[field]), openMap(wanted[field])];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => a[key] !== b[key]).sort();
}

/** Both forms of a cluster by what they would be stored as. */
function comparable(message: JsonObject): Readonly<Record<string, string>> {
  const { data, labels: own = {}, annotations: notes = {} } = draftOfCluster(message);
  const { config = '{}' } = data;
  return {
    ...data,
    config: sortedText(JSON.parse(config) as JsonValue),
    labels: sortedText(own),
    annotations: sortedText(notes),
  };
}

function sortedText(value: JsonValue): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
