import type { KubeRequestEvent } from '@tiphys/adapter-kube';
import type { RedisCommandEvent } from '@tiphys/adapter-redis';
import { Counter, Gauge, Histogram } from '@tiphys/runtime/metrics';
import type { Registry } from '@tiphys/runtime/metrics';
import { CallMetrics } from './call-metrics.ts';

const REDIS_BUCKETS = [0.1, 0.25, 0.5, 1, 2];
const KUBE_BUCKETS = [0.005, 0.1, 0.5, 2, 8, 30];
const EXTENSION_BUCKETS = [0.1, 0.25, 0.5, 1, 2, 5, 10];
const INITIATOR = 'argocd-server';

/** Metrics of this server under the names that dashboards know (wire/metrics.tsv). */
export class ServerMetrics {
  readonly registry: Registry;
  readonly calls: CallMetrics;
  readonly #logins: Counter<'status'>;
  readonly #redisRequests: Counter<'initiator' | 'command' | 'failed'>;
  readonly #redisSeconds: Histogram<'initiator'>;
  readonly #kubeRequests: Counter<'host' | 'method' | 'code'>;
  readonly #kubeSeconds: Histogram<'host' | 'verb'>;

  constructor(registry: Registry, options: { readonly version: string; readonly callTimes: boolean }) {
    this.registry = registry;
    this.calls = new CallMetrics(registry, { times: options.callTimes });
    const registers = [registry];
    this.#logins = new Counter({
      name: 'argocd_login_request_total',
      help: 'Logins by how they ended.',
      labelNames: ['status'],
      registers,
    });
    for (const status of ['success', 'failed']) this.#logins.inc({ status }, 0);
    this.#redisRequests = new Counter({
      name: 'argocd_redis_request_total',
      help: 'Redis requests.',
      labelNames: ['initiator', 'command', 'failed'],
      registers,
    });
    this.#redisSeconds = new Histogram({
      name: 'argocd_redis_request_duration',
      help: 'Seconds that Redis requests took.',
      labelNames: ['initiator'],
      buckets: REDIS_BUCKETS,
      registers,
    });
    this.#redisSeconds.zero({ initiator: INITIATOR });
    this.#kubeRequests = new Counter({
      name: 'argocd_kubectl_requests_total',
      help: 'Requests to API servers of clusters.',
      labelNames: ['host', 'method', 'code'],
      registers,
    });
    this.#kubeSeconds = new Histogram({
      name: 'argocd_kubectl_request_duration_seconds',
      help: 'Seconds until API servers of clusters answered.',
      labelNames: ['host', 'verb'],
      buckets: KUBE_BUCKETS,
      registers,
    });
    new Gauge({
      name: 'argocd_info',
      help: 'The version that runs.',
      labelNames: ['version'],
      registers,
    }).set({ version: options.version }, 1);
    describeExtensions(registry);
  }

  login(succeeded: boolean): void {
    this.#logins.inc({ status: succeeded ? 'success' : 'failed' });
  }

  redisCommand({ command, failed, seconds }: RedisCommandEvent): void {
    this.#redisRequests.inc({ initiator: INITIATOR, command, failed: String(failed) });
    this.#redisSeconds.observe({ initiator: INITIATOR }, seconds);
  }

  kubeRequest({ host, method, status, seconds }: KubeRequestEvent): void {
    this.#kubeRequests.inc({ host, method, code: status === undefined ? '<error>' : String(status) });
    this.#kubeSeconds.observe({ host, verb: method }, seconds);
  }
}

/** Known to dashboards; without series, as no request is handed on to extensions of the web UI. */
function describeExtensions(registry: Registry): void {
  new Counter({
    name: 'argocd_proxy_extension_request_total',
    help: 'Requests handed on to extensions.',
    labelNames: ['extension', 'status'],
    registers: [registry],
  });
  new Histogram({
    name: 'argocd_proxy_extension_request_duration_seconds',
    help: 'Seconds that requests to extensions took.',
    labelNames: ['extension'],
    buckets: EXTENSION_BUCKETS,
    registers: [registry],
  });
}
