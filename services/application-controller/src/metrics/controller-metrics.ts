import { isAutomated, type Application, type OperationPhase } from '@tiphys/model';
import { Counter, Gauge, Histogram, type Registry } from '@tiphys/runtime/metrics';
import { isCompleted } from '@tiphys/model';

/** Metrics of the controller under the compatible names (wire/metrics.tsv). */
export class ControllerMetrics {
  readonly #info: Gauge;
  readonly #reconcile: Histogram;
  readonly #sync: Counter;
  readonly #syncDuration: Counter;
  readonly #series = new Map<string, Record<string, string>>();

  constructor(registry: Registry) {
    const registers = [registry];
    this.#info = new Gauge({
      name: 'argocd_app_info',
      help: 'One series for each Application with what it is and how it is.',
      labelNames: [
        'namespace',
        'name',
        'project',
        'autosync_enabled',
        'repo',
        'dest_server',
        'dest_namespace',
        'sync_status',
        'health_status',
        'operation',
      ],
      registers,
    });
    this.#reconcile = new Histogram({
      name: 'argocd_app_reconcile',
      help: 'Seconds that a look at an Application took.',
      labelNames: ['namespace', 'dest_server'],
      buckets: [0.25, 0.5, 1, 2, 4, 8, 16],
      registers,
    });
    this.#sync = new Counter({
      name: 'argocd_app_sync_total',
      help: 'Operations that ended.',
      labelNames: ['namespace', 'name', 'project', 'dest_server', 'phase', 'dry_run'],
      registers,
    });
    this.#syncDuration = new Counter({
      name: 'argocd_app_sync_duration_seconds_total',
      help: 'Seconds that operations took.',
      labelNames: ['namespace', 'name', 'project', 'dest_server'],
      registers,
    });
  }

  /** Follows an Application; its old series goes. */
  applicationChanged(key: string, before: Application | undefined, after: Application | undefined): void {
    this.#withdraw(key);
    if (after === undefined) return this.#forget(before);
    const labels = infoLabels(after);
    this.#series.set(key, labels);
    this.#info.set(labels, 1);
    this.#operationChanged(before, after);
  }

  /** Drops the series of an Application that another controller tells of. */
  forget(key: string, app: Application | undefined): void {
    if (!this.#series.has(key)) return;
    this.#withdraw(key);
    this.#forget(app);
  }

  #withdraw(key: string): void {
    const old = this.#series.get(key);
    if (old !== undefined) this.#info.remove(old);
    this.#series.delete(key);
  }

  looked(app: Application, seconds: number): void {
    this.#reconcile.observe(
      { namespace: app.metadata.namespace ?? '', dest_server: app.spec.destination.server ?? '' },
      seconds,
    );
  }

  #operationChanged(before: Application | undefined, after: Application): void {
    const state = after.status?.operationState;
    const old = before?.status?.operationState;
    if (before === undefined || state === undefined || !isCompleted(state.phase)) return;
    if (old?.finishedAt === state.finishedAt && old?.phase === state.phase) return;
    const labels = appLabels(after);
    this.#sync.inc({
      ...labels,
      phase: state.phase satisfies OperationPhase,
      dry_run: String(state.operation.sync?.dryRun === true),
    });
    const seconds = (Date.parse(state.finishedAt ?? '') - Date.parse(state.startedAt)) / 1_000;
    if (seconds >= 0) this.#syncDuration.inc(labels, seconds);
  }

  #forget(app: Application | undefined): void {
    if (app === undefined) return;
    this.#syncDuration.remove(appLabels(app));
    for (const phase of ['Succeeded', 'Failed', 'Error']) {
      for (const dry_run of ['true', 'false']) this.#sync.remove({ ...appLabels(app), phase, dry_run });
    }
  }
}

const appLabels = (app: Application): Record<'namespace' | 'name' | 'project' | 'dest_server', string> => ({
  namespace: app.metadata.namespace ?? '',
  name: app.metadata.name ?? '',
  project: app.spec.project,
  dest_server: app.spec.destination.server ?? '',
});

function infoLabels(app: Application): Record<string, string> {
  const operation =
    app.metadata.deletionTimestamp !== undefined ? 'delete' : app.operation !== undefined ? 'sync' : '';
  return {
    ...appLabels(app),
    autosync_enabled: String(isAutomated(app.spec)),
    repo: app.spec.source?.repoURL ?? app.spec.sources?.[0]?.repoURL ?? '',
    dest_namespace: app.spec.destination.namespace ?? '',
    sync_status: app.status?.sync?.status ?? 'Unknown',
    health_status: app.status?.health?.status ?? 'Unknown',
    operation,
  };
}
