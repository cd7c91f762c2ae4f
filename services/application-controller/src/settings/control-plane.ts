import {
  asJson,
  configNames,
  isJsonObject,
  labelOf,
  labels,
  messageOf,
  secretTypes,
  valueAt,
  type Application,
  type AppProject,
  type KubeObject,
  type Repository,
} from '@tiphys/model';
import type { ClusterConfig, KubeApi, Logger } from '@tiphys/ports';
import { isNamespaceListed, selectorMatches, virtualProject } from '@tiphys/project-policy';
import { ObjectStore, ownKinds, type Change } from '@tiphys/runtime/watch';
import {
  parseControlSettings,
  parseCredentialTemplate,
  parseRepositorySecret,
  parseTiming,
  type ControlSettings,
  type RepositorySettings,
  type Timing,
  type YamlReader,
} from '@tiphys/settings';

export interface ControlPlaneOptions {
  readonly api: KubeApi;
  readonly namespace: string;
  /** Other namespaces that Applications may live in; with any, the whole cluster is watched for them. */
  readonly applicationNamespaces: readonly string[];
  readonly logger: Logger;
  readonly readYaml: YamlReader;
  readonly parseCluster: (secret: KubeObject) => ClusterConfig;
  readonly onApplication: (change: Change<Application>) => void;
  readonly onProject: (name: string) => void;
  /** Settings that touch how clusters are watched or compared changed. */
  readonly onSettings: () => void;
  readonly onClusters: () => void;
  readonly onRepositories: () => void;
  readonly parseDuration: (text: string) => number | undefined;
  /** The times between looks that nobody asked for changed. */
  readonly onTiming: () => void;
}

interface ClusterSecrets {
  readonly readable: readonly ClusterConfig[];
  readonly mistakes: readonly string[];
}

/** Everything that the control plane's own namespace says: Applications, projects, settings, repositories, clusters. */
export class ControlPlane {
  readonly applications: ObjectStore<Application>;
  readonly projects: ObjectStore<AppProject>;
  readonly #configMaps: ObjectStore;
  readonly #secrets: ObjectStore;
  readonly #options: ControlPlaneOptions;
  #settings: ControlSettings | undefined;
  #timing: Timing | undefined;
  #repositories: RepositorySettings | undefined;
  #clusters: ClusterSecrets | undefined;

  constructor(options: ControlPlaneOptions) {
    const { api, namespace, logger } = options;
    const base = { api, logger };
    const selector = { namespace };
    this.#options = options;
    const { applicationNamespaces } = options;
    this.applications = new ObjectStore({
      ...base,
      resource: ownKinds.application,
      selector: applicationNamespaces.length === 0 ? selector : {},
      accepts: ({ metadata }) =>
        metadata.namespace === namespace ||
        isNamespaceListed(applicationNamespaces, metadata.namespace ?? ''),
    });
    this.projects = new ObjectStore({ ...base, resource: ownKinds.project, selector });
    this.#configMaps = new ObjectStore({ ...base, resource: ownKinds.configMap, selector });
    this.#secrets = new ObjectStore({
      ...base,
      resource: ownKinds.secret,
      selector: { ...selector, labelSelector: labels.secretType },
    });
    this.applications.subscribe(options.onApplication);
    this.projects.subscribe(({ object }) => this.#projectChanged(object));
    this.#configMaps.subscribe(({ object }) => this.#configMapChanged(object.metadata.name ?? ''));
    this.#secrets.subscribe(({ object }) => this.#secretChanged(object));
  }

  /** Resolves once settings, projects, clusters and Applications are known, in that order. */
  /** Secrets of the control plane: of repositories, of clusters and others. */
  get secrets(): Iterable<KubeObject> {
    return this.#secrets.values();
  }

  async start(): Promise<void> {
    await Promise.all([this.#configMaps.start(), this.#secrets.start(), this.projects.start()]);
    await this.applications.start();
  }

  async stop(): Promise<void> {
    await Promise.all(
      [this.#configMaps, this.#secrets, this.projects, this.applications].map((store) => store.stop()),
    );
  }

  get isReady(): boolean {
    return [this.#configMaps, this.#secrets, this.projects, this.applications].every(
      (store) => store.isSynced,
    );
  }

  /** A project as it counts: with what it inherits from global projects. */
  project(name: string): AppProject | undefined {
    const project = this.#ownProject(name);
    return (
      project && virtualProject(project, this.settings.globalProjects, (other) => this.#ownProject(other))
    );
  }

  #ownProject(name: string): AppProject | undefined {
    return this.projects.get(this.#options.namespace, name);
  }

  /** A project concerns its own Applications; one that others inherit from concerns theirs. */
  #projectChanged(changed: AppProject): void {
    const { onProject } = this.#options;
    const name = changed.metadata.name ?? '';
    onProject(name);
    const selectors = this.#settings?.globalProjects.filter(({ projectName }) => projectName === name) ?? [];
    for (const { metadata } of this.projects.values()) {
      const inherits = selectors.some(({ labelSelector }) =>
        selectorMatches(labelSelector, metadata.labels ?? {}),
      );
      if (inherits && metadata.name !== name) onProject(metadata.name ?? '');
    }
  }

  get settings(): ControlSettings {
    this.#settings ??= this.#readSettings();
    return this.#settings;
  }

  /** When Applications are looked at without being asked. */
  get timing(): Timing {
    this.#timing ??= this.#readTiming();
    return this.#timing;
  }

  get repositories(): RepositorySettings {
    this.#repositories ??= this.#readRepositories();
    return this.#repositories;
  }

  /** Clusters that have a secret; one that cannot be read is left out and logged. */
  get clusters(): readonly ClusterConfig[] {
    return this.#clusterSecrets.readable;
  }

  /** What is wrong with the cluster secrets that cannot be read. */
  get clusterMistakes(): readonly string[] {
    return this.#clusterSecrets.mistakes;
  }

  get #clusterSecrets(): ClusterSecrets {
    this.#clusters ??= this.#readClusters();
    return this.#clusters;
  }

  #readSettings(): ControlSettings {
    const settings = parseControlSettings(this.#dataOf(configNames.cm), this.#options.readYaml);
    for (const mistake of settings.mistakes)
      this.#options.logger.warn('setting ignored', { configMap: configNames.cm, mistake });
    return settings;
  }

  #readTiming(): Timing {
    const timing = parseTiming(this.#dataOf(configNames.cm), this.#options.parseDuration);
    for (const mistake of timing.mistakes)
      this.#options.logger.warn('setting ignored', { configMap: configNames.cm, mistake });
    return timing;
  }

  #readRepositories(): RepositorySettings {
    const known = this.#dataOf(configNames.knownHosts);
    return {
      repositories: this.#secretsOf(secretTypes.repository).map(parseRepositorySecret).filter(isPresent),
      templates: this.#secretsOf(secretTypes.repoCreds).map(parseCredentialTemplate).filter(isPresent),
      tlsCertificates: this.#dataOf(configNames.tlsCerts),
      knownHosts: known['ssh_known_hosts'] ?? '',
    };
  }

  #readClusters(): ClusterSecrets {
    const readable: ClusterConfig[] = [];
    const mistakes: string[] = [];
    for (const secret of this.#secrets.values()) {
      if (labelOf(secret, labels.secretType) !== secretTypes.cluster) continue;
      try {
        readable.push(this.#options.parseCluster(secret));
      } catch (error) {
        mistakes.push(messageOf(error));
        this.#options.logger.error('cluster secret ignored', { secret: secret.metadata.name, error });
      }
    }
    return { readable, mistakes };
  }

  #dataOf(name: string): Readonly<Record<string, string>> {
    const object = this.#configMaps.get(this.#options.namespace, name);
    const data = object === undefined ? undefined : valueAt(asJson(object), 'data');
    return isJsonObject(data) ? (data as Record<string, string>) : {};
  }

  #secretsOf(type: string): readonly Readonly<Record<string, string>>[] {
    return [...this.#secrets.values()]
      .filter((secret) => labelOf(secret, labels.secretType) === type)
      .map(decodeSecret);
  }

  #configMapChanged(name: string): void {
    if (name === configNames.cm) {
      const before = this.#settings;
      this.#settings = undefined;
      if (before !== undefined && JSON.stringify(before) !== JSON.stringify(this.settings))
        this.#options.onSettings();
      const timing = this.#timing;
      this.#timing = undefined;
      if (timing !== undefined && JSON.stringify(timing) !== JSON.stringify(this.timing))
        this.#options.onTiming();
    } else if (name === configNames.tlsCerts || name === configNames.knownHosts) {
      this.#repositories = undefined;
      this.#options.onRepositories();
    }
  }

  #secretChanged(secret: KubeObject): void {
    if (labelOf(secret, labels.secretType) === secretTypes.cluster) {
      this.#clusters = undefined;
      this.#options.onClusters();
    } else {
      this.#repositories = undefined;
      this.#options.onRepositories();
    }
  }
}

const isPresent = (repository: Repository | undefined): repository is Repository => repository !== undefined;

function decodeSecret(secret: KubeObject): Readonly<Record<string, string>> {
  const data = valueAt(asJson(secret), 'data');
  if (!isJsonObject(data)) return {};
  const decode = (value: unknown): string =>
    typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : '';
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, decode(value)]));
}
