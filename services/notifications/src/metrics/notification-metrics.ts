import { Counter, Gauge, type Registry } from '@tiphys/runtime/metrics';

/** Counters under the names of the reference (wire/metrics.tsv), and whether the queue can be reached. */
export class NotificationMetrics {
  readonly #deliveries: Counter<'trigger' | 'service' | 'succeeded'>;
  readonly #evaluations: Counter<'name' | 'triggered'>;

  constructor(registry: Registry, isQueueReady: () => boolean) {
    this.#deliveries = new Counter({
      name: 'argocd_notifications_deliveries_total',
      help: 'Attempts to deliver a message.',
      labelNames: ['trigger', 'service', 'succeeded'],
      registers: [registry],
    });
    this.#evaluations = new Counter({
      name: 'argocd_notifications_trigger_eval_total',
      help: 'Evaluations of a condition of a trigger.',
      labelNames: ['name', 'triggered'],
      registers: [registry],
    });
    new Gauge({
      name: 'tiphys_notifications_queue_ready',
      help: '1 while the delivery queue can be reached; messages wait otherwise.',
      registers: [registry],
      collect() {
        this.set(isQueueReady() ? 1 : 0);
      },
    });
  }

  delivered(trigger: string, service: string, succeeded: boolean): void {
    this.#deliveries.inc({ trigger, service, succeeded: String(succeeded) });
  }

  evaluated(name: string, triggered: boolean): void {
    this.#evaluations.inc({ name, triggered: String(triggered) });
  }
}
