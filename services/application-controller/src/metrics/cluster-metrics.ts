import type { ApiResource } from '@tiphys/ports';
import { Counter, Gauge, type Registry } from '@tiphys/runtime/metrics';
import type { ClusterState } from '../destination/cluster-registry.ts';

export interface ClusterMetricsOptions {
  readonly registry: Registry;
  readonly states: () => readonly ClusterState[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

interface Measure {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly read: (state: ClusterState, now: number) => readonly [Record<string, string>, number];
}

const versionOf = ({ view }: ClusterState): string => view?.version.gitVersion ?? '';
const byServer = ({ config }: ClusterState): Record<string, string> => ({ server: config.server });

/** Gauges of each cluster (wire/metrics.tsv). */
const measures: readonly Measure[] = [
  {
    name: 'argocd_cluster_info',
    help: 'One series for each cluster with its version and name.',
    labelNames: ['server', 'k8s_version', 'name'],
    read: (state) => [{ ...byServer(state), k8s_version: versionOf(state), name: state.config.name }, 1],
  },
  {
    name: 'argocd_cluster_connection_status',
    help: '1 where the cluster is in view, else 0.',
    labelNames: ['server', 'k8s_version'],
    read: (state) => [
      { ...byServer(state), k8s_version: versionOf(state) },
      state.view === undefined ? 0 : 1,
    ],
  },
  {
    name: 'argocd_cluster_api_resource_objects',
    help: 'Objects of the cluster that are in view.',
    labelNames: ['server'],
    read: (state) => [byServer(state), state.view?.objectCount ?? 0],
  },
  {
    name: 'argocd_cluster_api_resources',
    help: 'Kinds of the cluster that are watched.',
    labelNames: ['server'],
    read: (state) => [byServer(state), state.view?.watchedKinds ?? 0],
  },
  {
    name: 'argocd_cluster_cache_age_seconds',
    help: 'Seconds since the cluster was listed whole; -1 before the first time.',
    labelNames: ['server'],
    read: (state, now) => [
      byServer(state),
      state.listedAt === undefined ? -1 : Math.max(0, Math.round((now - state.listedAt) / 1_000)),
    ],
  },
];

/** Metrics of the clusters, read when they are scraped. The series of a cluster go with it. */
export class ClusterMetrics {
  readonly #states: () => readonly ClusterState[];
  readonly #events: Counter;
  /** Series of the event counter by cluster. */
  readonly #counted = new Map<string, Map<string, Record<string, string>>>();

  constructor({ registry, states, now }: ClusterMetricsOptions) {
    this.#states = states;
    const registers = [registry];
    for (const { name, help, labelNames, read } of measures) {
      new Gauge({
        name,
        help,
        labelNames: [...labelNames],
        registers,
        collect() {
          this.reset();
          for (const state of states()) this.set(...read(state, now()));
        },
      });
    }
    const forgetGone = (): void => this.#forgetGone();
    this.#events = new Counter({
      name: 'argocd_cluster_events_total',
      help: 'Events that watches of clusters told.',
      labelNames: ['server', 'group', 'kind'],
      registers,
      collect: forgetGone,
    });
  }

  /** A watch of a cluster told of an object of this kind. */
  happened(server: string, { group, kind }: ApiResource): void {
    const labels = { server, group, kind };
    const series = this.#counted.get(server) ?? new Map<string, Record<string, string>>();
    series.set(`${group}/${kind}`, labels);
    this.#counted.set(server, series);
    this.#events.inc(labels);
  }

  #forgetGone(): void {
    const known = new Set(this.#states().map(({ config }) => config.server));
    for (const [server, series] of this.#counted) {
      if (known.has(server)) continue;
      for (const labels of series.values()) this.#events.remove(labels);
      this.#counted.delete(server);
    }
  }
}
