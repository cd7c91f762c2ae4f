import { hasCode, labelOf, labels, messageOf, secretTypes, type KubeObject } from '@tiphys/model';
import type { KubeApi, Logger } from '@tiphys/ports';
import { ownKinds } from '@tiphys/runtime/watch';

const INTERVAL_MS = 10_000;

export interface ClusterLabelsOptions {
  readonly api: KubeApi;
  readonly logger: Logger;
  /** The secrets of clusters. */
  readonly secrets: () => Iterable<KubeObject>;
  /** `v1.36.3` of the cluster whose secret has this UID; undefined while it is not connected here. */
  readonly versionOf: (uid: string) => string | undefined;
}

/** Keeps the label of the Kubernetes version on secrets of clusters that ask for it. */
export class ClusterLabels {
  readonly #options: ClusterLabelsOptions;
  readonly #refused = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(options: ClusterLabelsOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => void this.write(), INTERVAL_MS).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  /** Labels what is not labelled rightly; writes nothing where nothing changed. */
  write(): Promise<void> {
    this.#running ??= this.#writeAll().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #writeAll(): Promise<void> {
    for (const secret of this.#options.secrets()) {
      if (labelOf(secret, labels.secretType) !== secretTypes.cluster) continue;
      if (labelOf(secret, labels.autoLabelClusterInfo) !== 'true') continue;
      const version = shortVersion(this.#options.versionOf(secret.metadata.uid ?? ''));
      if (version === undefined || labelOf(secret, labels.kubernetesVersion) === version) continue;
      await this.#label(secret, version);
    }
  }

  async #label(secret: KubeObject, version: string): Promise<void> {
    const { name = '', namespace = '' } = secret.metadata;
    if (this.#refused.has(name)) return;
    try {
      const body = { metadata: { labels: { [labels.kubernetesVersion]: version } } };
      await this.#options.api.patch(ownKinds.secret, { name, namespace }, { type: 'merge', body });
    } catch (error) {
      // Without the right it is not asked for again; all else may pass.
      if (hasCode(error, 'permission-denied')) this.#refused.add(name);
      this.#options.logger.warn('a cluster secret cannot be labelled with its version', {
        secret: name,
        error: messageOf(error),
      });
    }
  }
}

const shortVersion = (gitVersion = ''): string | undefined => /^v?(\d+\.\d+)/u.exec(gitVersion)?.[1];
