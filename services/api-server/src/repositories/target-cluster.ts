import type { KubeApi } from '@tiphys/ports';

/** What templates may ask of the cluster they are rendered for. */
export interface TargetCluster {
  /** `1.36.3` */
  readonly kubeVersion: string;
  /** `apps/v1`, `apps/v1/Deployment`, … sorted. */
  readonly apiVersions: readonly string[];
}

const FRESH_MS = 60_000;

/** Version and kinds of the cluster, asked at most once a minute and by one caller at a time. */
export class TargetClusterReader {
  readonly #api: KubeApi;
  readonly #now: () => number;
  #known: { readonly at: number; readonly target: Promise<TargetCluster> } | undefined;

  constructor(api: KubeApi, now: () => number) {
    this.#api = api;
    this.#now = now;
  }

  read(): Promise<TargetCluster> {
    const now = this.#now();
    if (this.#known && now - this.#known.at < FRESH_MS) return this.#known.target;
    const target = this.#ask();
    this.#known = { at: now, target };
    target.catch(() => (this.#known = undefined));
    return target;
  }

  async #ask(): Promise<TargetCluster> {
    const [version, { resources }] = await Promise.all([this.#api.version(), this.#api.discover()]);
    const names = resources.flatMap(({ group, version: v, kind }) => {
      const apiVersion = group === '' ? v : `${group}/${v}`;
      return [apiVersion, `${apiVersion}/${kind}`];
    });
    return {
      kubeVersion: version.gitVersion.replace(/^v/, ''),
      apiVersions: [...new Set(names)].sort(),
    };
  }
}
