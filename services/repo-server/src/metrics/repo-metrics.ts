import type { CallEvent } from '@tiphys/adapter-grpc';
import type { GitRequestEvent } from '@tiphys/adapter-git';
import { Counter, Gauge, Histogram, type Registry } from '@tiphys/runtime/metrics';

const GIT_BUCKETS = [0.1, 0.25, 0.5, 1, 2, 4, 10, 20];
const WAIT_BUCKETS = [...GIT_BUCKETS, 60, 120];
const REDIS_BUCKETS = [0.1, 0.25, 0.5, 1, 2];

/** Metrics under the reference's names (wire/metrics.tsv). */
export class RepoMetrics {
  readonly #gitRequests: Counter<'repo' | 'request_type'>;
  readonly #gitSeconds: Histogram<'repo' | 'request_type'>;
  readonly #fetchFailures: Counter<'repo' | 'revision'>;
  readonly #lsRemoteFailures: Counter<'repo' | 'revision'>;
  readonly #pending: Gauge<'repo'>;
  readonly #wait: Histogram;
  readonly #redisRequests: Counter<'initiator' | 'command' | 'failed'>;
  readonly #redisSeconds: Histogram<'initiator'>;
  readonly #handled: Counter<'grpc_type' | 'grpc_service' | 'grpc_method' | 'grpc_code'>;
  readonly #handling: Histogram<'grpc_type' | 'grpc_service' | 'grpc_method'>;

  constructor(registry: Registry) {
    const registers = [registry];
    const repo = ['repo', 'request_type'] as const;
    this.#gitRequests = new Counter({
      name: 'argocd_git_request_total',
      help: 'Git requests.',
      labelNames: repo,
      registers,
    });
    this.#gitSeconds = new Histogram({
      name: 'argocd_git_request_duration_seconds',
      help: 'Duration of git requests.',
      labelNames: repo,
      buckets: GIT_BUCKETS,
      registers,
    });
    this.#fetchFailures = failures('argocd_git_fetch_fail_total', 'Git fetches that failed.', registry);
    this.#lsRemoteFailures = failures(
      'argocd_git_lsremote_fail_total',
      'Lists of refs that failed.',
      registry,
    );
    this.#pending = new Gauge({
      name: 'argocd_repo_pending_request_total',
      help: 'Requests that are being worked on.',
      labelNames: ['repo'],
      registers,
    });
    this.#wait = new Histogram({
      name: 'argocd_repo_parallelism_wait_duration_seconds',
      help: 'Time that renders waited for their turn.',
      buckets: WAIT_BUCKETS,
      registers,
    });
    this.#redisRequests = new Counter({
      name: 'argocd_redis_request_total',
      help: 'Redis requests.',
      labelNames: ['initiator', 'command', 'failed'],
      registers,
    });
    this.#redisSeconds = new Histogram({
      name: 'argocd_redis_request_duration_seconds',
      help: 'Duration of Redis requests.',
      labelNames: ['initiator'],
      buckets: REDIS_BUCKETS,
      registers,
    });
    this.#handled = new Counter({
      name: 'grpc_server_handled_total',
      help: 'Calls that ended, by code.',
      labelNames: ['grpc_type', 'grpc_service', 'grpc_method', 'grpc_code'],
      registers,
    });
    this.#handling = new Histogram({
      name: 'grpc_server_handling_seconds',
      help: 'Duration of calls.',
      labelNames: ['grpc_type', 'grpc_service', 'grpc_method'],
      registers,
    });
  }

  gitRequest(event: GitRequestEvent): void {
    const labels = { repo: event.repository, request_type: event.kind };
    this.#gitRequests.inc(labels);
    this.#gitSeconds.observe(labels, event.seconds);
    if (!event.failed) return;
    const failed = event.kind === 'fetch' ? this.#fetchFailures : this.#lsRemoteFailures;
    failed.inc({ repo: event.repository, revision: event.revision });
  }

  call(event: CallEvent): void {
    const labels = { grpc_type: 'unary', grpc_service: event.service, grpc_method: event.method };
    this.#handled.inc({ ...labels, grpc_code: event.code });
    this.#handling.observe(labels, event.seconds);
  }

  waited(seconds: number): void {
    this.#wait.observe(seconds);
  }

  redisRequest(event: {
    readonly command: string;
    readonly seconds: number;
    readonly failed: boolean;
  }): void {
    const initiator = 'argocd-repo-server';
    this.#redisRequests.inc({ initiator, command: event.command, failed: String(event.failed) });
    this.#redisSeconds.observe({ initiator }, event.seconds);
  }

  /** Counts a request as pending as long as the task runs. */
  async pending<T>(repo: string, task: () => Promise<T>): Promise<T> {
    this.#pending.inc({ repo });
    try {
      return await task();
    } finally {
      this.#pending.dec({ repo });
    }
  }
}

const failures = (name: string, help: string, registry: Registry): Counter<'repo' | 'revision'> =>
  new Counter({ name, help, labelNames: ['repo', 'revision'], registers: [registry] });
