import { IN_CLUSTER_NAME, IN_CLUSTER_SERVER, labelOf, labels, secretTypes } from '@tiphys/model';
import type { Repository } from '@tiphys/model';
import { parseCredentialTemplate, parseRepositorySecret } from '@tiphys/settings';
import type { RepositorySettings } from '@tiphys/settings';
import { secretData } from '../settings/server-settings.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import type { ObjectStore } from '@tiphys/runtime/watch';

/** Address and name of a destination cluster. */
export interface ClusterName {
  readonly server: string;
  readonly name: string;
  /** The project that it belongs to; empty for none. */
  readonly project: string;
}

/** Repositories and clusters as their secrets declare them now. */
export class Declared {
  readonly #secrets: ObjectStore;
  readonly #settings: ServerSettings;

  constructor(secrets: ObjectStore, settings: ServerSettings) {
    this.#secrets = secrets;
    this.#settings = settings;
  }

  get repositories(): RepositorySettings {
    return {
      repositories: this.#parsed(secretTypes.repository, parseRepositorySecret),
      templates: this.#parsed(secretTypes.repoCreds, parseCredentialTemplate),
      tlsCertificates: this.#settings.tlsCertificates,
      knownHosts: this.#settings.knownHosts,
    };
  }

  /** All clusters, the one that the control plane runs in among them unless it is switched off. */
  get clusters(): readonly ClusterName[] {
    const declared = this.#ofType(secretTypes.cluster)
      .map(({ server = '', name = '', project = '' }) => ({ server, name, project }))
      .filter(({ server }) => server !== '');
    const withOwn =
      this.#settings.cm('cluster.inClusterEnabled') === 'false' ||
      declared.some(({ server }) => server === IN_CLUSTER_SERVER);
    return withOwn
      ? declared
      : [...declared, { server: IN_CLUSTER_SERVER, name: IN_CLUSTER_NAME, project: '' }];
  }

  #parsed(
    type: string,
    parse: (data: Readonly<Record<string, string>>) => Repository | undefined,
  ): readonly Repository[] {
    return this.#ofType(type)
      .map((data) => parse(data))
      .filter((repository) => repository !== undefined);
  }

  #ofType(type: string): readonly Readonly<Record<string, string>>[] {
    return [...this.#secrets.values()]
      .filter((secret) => labelOf(secret, labels.secretType) === type)
      .map((secret) => secretData(secret));
  }
}
