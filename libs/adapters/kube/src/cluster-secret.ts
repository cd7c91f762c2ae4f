import {
  IN_CLUSTER_NAME,
  IN_CLUSTER_SERVER,
  TiphysError,
  annotations,
  labels,
  stringAt,
  asJson,
} from '@tiphys/model';
import type { KubeObject } from '@tiphys/model';
import type { ClusterConfig } from '@tiphys/ports';
import { readClusterCredentials } from './cluster-credentials.ts';
import { fromBase64 } from './secret-value.ts';
import type { Fail } from './secret-value.ts';

/**
 * The destination that a cluster secret describes (wire/secrets.tsv). Errors: `invalid`, naming the secret and the
 * key, never a value.
 */
export function clusterOfSecret(secret: KubeObject): ClusterConfig {
  const fail = (key: string, why: string): never => {
    const { namespace = '', name = '' } = secret.metadata;
    throw new TiphysError('invalid', `cluster secret ${namespace}/${name}, key ${key}: ${why}`);
  };
  const value = (key: string): string => decoded(secret, key, fail);
  const server = readServer(value('server'), fail);
  return {
    server,
    name: value('name') || server,
    namespaces: value('namespaces')
      .split(',')
      .map((namespace) => namespace.trim())
      .filter((namespace) => namespace !== ''),
    clusterResources: value('clusterResources') === 'true',
    project: value('project'),
    ...(secret.metadata.uid === undefined ? {} : { id: secret.metadata.uid }),
    ...readShard(value('shard'), fail),
    labels: without(secret.metadata.labels, [labels.secretType]),
    annotations: without(secret.metadata.annotations, [annotations.managedBy, annotations.lastApplied]),
    credentials: readClusterCredentials(value('config'), fail),
  };
}

/** The cluster that the control plane runs in, for where no secret describes it. */
export const inClusterConfig = (): ClusterConfig => ({
  server: IN_CLUSTER_SERVER,
  name: IN_CLUSTER_NAME,
  namespaces: [],
  clusterResources: false,
  project: '',
  labels: {},
  annotations: {},
  credentials: {},
});

function decoded(secret: KubeObject, key: string, fail: Fail): string {
  const text = stringAt(asJson(secret), 'data', key) ?? '';
  return fromBase64(text) ?? fail(key, 'the value is not base64');
}

function readServer(text: string, fail: Fail): string {
  const server = text.trim().replace(/\/+$/, '');
  if (server === '') fail('server', 'the address of the API server is required');
  const url = URL.canParse(server) ? new URL(server) : fail('server', 'the value is not a URL');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') fail('server', 'the URL must be https or http');
  if (url.username !== '' || url.password !== '') fail('server', 'the URL must not hold a user or password');
  return server;
}

function readShard(text: string, fail: Fail): { readonly shard?: number } {
  if (text === '') return {};
  if (!/^\d{1,6}$/u.test(text)) return fail('shard', 'the value is not a whole number');
  return { shard: Number(text) };
}

function without(
  map: Readonly<Record<string, string>> | undefined,
  keys: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(map ?? {}).filter(([key]) => !keys.includes(key)));
}
