import { TiphysError, isJsonObject, messageOf, valueAt } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import { clusterOfSecret } from '@tiphys/adapter-kube';
import type { Cache, Clock, ClusterConfig, ClusterConnector, KubeApi } from '@tiphys/ports';
import { parseJson, stringifyJson } from '@tiphys/yaml';
import { draftOfCluster, serverOf } from './cluster-message.ts';

const TTL_MS = 600_000;
const NOT_MONITORED = 'Cluster has no applications and is not being monitored.';

export interface ClusterInfoParts {
  readonly connector: ClusterConnector;
  readonly cache: Cache;
  readonly clock: Clock;
  /** Number of Applications that go to a cluster. */
  readonly applicationsAt: (server: string, name: string) => number;
}

/** How clusters are: what the controller tells of them, and what a call to them says. */
export class ClusterInfo {
  readonly #parts: ClusterInfoParts;

  constructor(parts: ClusterInfoParts) {
    this.#parts = parts;
  }

  /** What is known of a cluster, in the two places where clients look for it. */
  async of(server: string, name: string): Promise<JsonObject> {
    const info = (await this.#known(server)) ?? this.#unknown(server, name);
    const version = info['serverVersion'];
    return {
      connectionState: info['connectionState'] ?? {},
      ...(typeof version === 'string' && version !== '' ? { serverVersion: version } : {}),
      info,
    };
  }

  /**
   * Asks a cluster for its version, with the login of the message, and remembers that it answered.
   * @throws TiphysError `invalid` for a config that makes no sense, `unknown` with the reason why there was no answer
   */
  async probe(message: JsonObject): Promise<void> {
    const serverVersion = await this.#version(message);
    const info = {
      connectionState: { status: 'Successful', message: '', attemptedAt: this.#now() },
      serverVersion,
      cacheInfo: {},
      applicationsCount: 0,
    };
    await this.#parts.cache.set(keyOf(serverOf(message)), stringifyJson(info), TTL_MS);
  }

  async forget(server: string): Promise<void> {
    await this.#parts.cache.delete(keyOf(server));
  }

  /** A client with the login of the message; the caller closes it. @throws TiphysError `invalid` */
  connect(message: JsonObject): Promise<KubeApi> {
    return this.#parts.connector.connect(configOf(message));
  }

  async #version(message: JsonObject): Promise<string> {
    const api = await this.connect(message);
    try {
      return (await api.version()).gitVersion;
    } catch (error) {
      throw new TiphysError(
        'unknown',
        `error getting server version: failed to get server version: ${messageOf(error)}`,
      );
    } finally {
      await api.close();
    }
  }

  async #known(server: string): Promise<JsonObject | undefined> {
    const text = await this.#parts.cache.get(keyOf(server));
    const info = text === undefined ? undefined : parseJson(text, 'cached facts of a cluster');
    return isJsonObject(info) ? info : undefined;
  }

  #unknown(server: string, name: string): JsonObject {
    const applicationsCount = this.#parts.applicationsAt(server, name);
    const message = applicationsCount === 0 ? NOT_MONITORED : '';
    return {
      connectionState: { status: 'Unknown', message, attemptedAt: this.#now() },
      cacheInfo: {},
      applicationsCount,
    };
  }

  #now(): string {
    return new Date(this.#parts.clock.now()).toISOString().replace(/\.\d+Z$/u, 'Z');
  }
}

const keyOf = (server: string): string => `cluster|info|${server}`;

/** The same reading as of a secret, so that what is tried is what will be used. */
function configOf(message: JsonObject): ClusterConfig {
  const { data } = draftOfCluster(message);
  const encoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  return clusterOfSecret({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'the cluster' },
    data: Object.fromEntries(encoded) as JsonObject,
  });
}

/** The bearer token that a cluster is reached with; empty for none. */
export const tokenOf = (message: JsonObject): string => {
  const token = valueAt(message, 'config', 'bearerToken');
  return typeof token === 'string' ? token : '';
};
