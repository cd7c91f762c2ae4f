import { secretNames } from '@tiphys/settings';
import {
  IN_CLUSTER_NAME,
  IN_CLUSTER_SERVER,
  TiphysError,
  isJsonObject,
  secretTypes,
  stringAt,
} from '@tiphys/model';
import type { JsonObject, KubeObject } from '@tiphys/model';
import { parseJson } from '@tiphys/yaml';
import { secretData } from '../settings/server-settings.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import type { DeclaredSecrets } from '../store/declared-secrets.ts';
import { clusterOfData, draftOfCluster, serverOf } from './cluster-message.ts';

/** A cluster, and the secret that declares it; none for the implicit one. */
export interface StoredCluster {
  readonly secret: KubeObject | undefined;
  /** With everything secret in it. */
  readonly message: JsonObject;
  readonly server: string;
  readonly name: string;
  /** Empty for none. */
  readonly project: string;
}

/** The declared clusters, and the one that the control plane runs in unless that is switched off. */
export class ClusterStore {
  readonly #secrets: DeclaredSecrets;
  readonly #settings: ServerSettings;

  constructor(secrets: DeclaredSecrets, settings: ServerSettings) {
    this.#secrets = secrets;
    this.#settings = settings;
  }

  /** By address. */
  list(): readonly StoredCluster[] {
    const declared = this.#secrets
      .ofType(secretTypes.cluster)
      .map(storedOf)
      .filter(({ server }) => server !== '');
    const hidesOwn = this.#settings.cm('cluster.inClusterEnabled') === 'false';
    const all = hidesOwn
      ? declared.filter(({ server }) => server !== IN_CLUSTER_SERVER)
      : declared.some(({ server }) => server === IN_CLUSTER_SERVER)
        ? declared
        : [...declared, implicit()];
    return all.sort((a, b) => (a.server < b.server ? -1 : 1));
  }

  find(server: string): StoredCluster | undefined {
    return this.list().find((cluster) => cluster.server === server);
  }

  named(name: string): readonly StoredCluster[] {
    return this.list().filter((cluster) => cluster.name === name);
  }

  /** Errors: `already-exists`. */
  async create(message: JsonObject): Promise<void> {
    await this.#secrets.create(
      secretNames.cluster(serverOf(message)),
      secretTypes.cluster,
      draftOfCluster(message),
    );
  }

  /** The implicit cluster gets a secret by that. */
  async update(
    { secret, message }: StoredCluster,
    change: (current: JsonObject) => JsonObject,
  ): Promise<void> {
    if (secret === undefined) return await this.create(change(message));
    await this.#secrets.change(secret, (current) =>
      draftOfCluster(change(storedOf(current).message), { ...current.metadata, data: secretData(current) }),
    );
  }

  /** @throws TiphysError `not-found` for the implicit one */
  async remove({ secret, server }: StoredCluster): Promise<void> {
    if (secret === undefined) throw new TiphysError('not-found', `cluster "${server}" not found`);
    await this.#secrets.remove(secret);
  }
}

function storedOf(secret: KubeObject): StoredCluster {
  const data = secretData(secret);
  const message = clusterOfData(data, secret.metadata, configIn(data['config'] ?? ''));
  return { secret, message, ...identityOf(message) };
}

const implicit = (): StoredCluster => {
  const message = { server: IN_CLUSTER_SERVER, name: IN_CLUSTER_NAME, config: {} };
  return { secret: undefined, message, ...identityOf(message) };
};

const identityOf = (message: JsonObject): Pick<StoredCluster, 'server' | 'name' | 'project'> => ({
  server: stringAt(message, 'server') ?? '',
  name: stringAt(message, 'name') ?? '',
  project: stringAt(message, 'project') ?? '',
});

/** A config that cannot be read connects to nothing, and hides no other cluster. */
function configIn(text: string): JsonObject {
  if (text.trim() === '') return {};
  try {
    const config = parseJson(text, 'the config of a cluster');
    return isJsonObject(config) ? config : {};
  } catch {
    return {};
  }
}
