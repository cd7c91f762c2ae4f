import { messageOf, type Application } from '@tiphys/model';
import type { ApiResource, Clock, KubeApi, Logger } from '@tiphys/ports';
import { eventObject, type AppEvent, type EventReason } from './app-event.ts';

const events: ApiResource = {
  group: '',
  version: 'v1',
  kind: 'Event',
  resource: 'events',
  namespaced: true,
  verbs: ['create'],
};

const BURST = 100;
const PER_SECOND = 50;
const MAX_WAITING = 10_000;

export interface EventRecorderOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Who writes the events. */
  readonly component: string;
  readonly reasons: ReadonlySet<EventReason>;
  /** Labels that events of an Application carry. Default none. */
  readonly labelsOf?: (app: Application) => Readonly<Record<string, string>>;
  /** Events written without a pause between them; default 100. */
  readonly burst?: number;
  /** Events a second after a burst; default 50. */
  readonly perSecond?: number;
}

interface Waiting {
  readonly app: Application;
  readonly event: AppEvent;
  readonly at: number;
  readonly serial: number;
}

/**
 * Writes Kubernetes Events beside the work: nobody waits for them, one request is under way at a time, and a storm of
 * them is written slowly, each with the time when it happened. What cannot be written is logged and left.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #burst: number;
  readonly #perMs: number;
  readonly #waiting: Waiting[] = [];
  readonly #ends = new AbortController();
  #serial = 0;
  #tokens: number;
  #countedAt: number;
  #dropped = 0;
  #writing: Promise<void> | undefined;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#burst = options.burst ?? BURST;
    this.#perMs = (options.perSecond ?? PER_SECOND) / 1_000;
    this.#tokens = this.#burst;
    this.#countedAt = options.clock.now();
  }

  record(app: Application, event: AppEvent): void {
    if (!this.#options.reasons.has(event.reason) || this.#ends.signal.aborted) return;
    if (this.#waiting.length >= MAX_WAITING) {
      this.#dropped += 1;
      return;
    }
    this.#serial += 1;
    this.#waiting.push({ app, event, at: this.#options.clock.now(), serial: this.#serial });
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Ends after the request under way; what still waits is left. */
  async close(): Promise<void> {
    this.#ends.abort();
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      await this.#turn();
      if (this.#ends.signal.aborted) return;
      await this.#write(next);
    }
    if (this.#dropped === 0) return;
    this.#options.logger.warn('events were left out, too many at once', { count: this.#dropped });
    this.#dropped = 0;
  }

  async #write({ app, event, at, serial }: Waiting): Promise<void> {
    const { api, component, labelsOf, logger } = this.#options;
    const object = eventObject(app, event, { component, labels: labelsOf?.(app) ?? {}, at, serial });
    try {
      await api.create(events, object);
    } catch (error) {
      logger.warn('an event cannot be written', {
        app: `${app.metadata.namespace ?? ''}/${app.metadata.name ?? ''}`,
        reason: event.reason,
        error: messageOf(error),
      });
    }
  }

  /** Waits until the next event may be written. */
  async #turn(): Promise<void> {
    const { clock } = this.#options;
    const now = clock.now();
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#countedAt) * this.#perMs);
    this.#countedAt = now;
    this.#tokens -= 1;
    if (this.#tokens >= 0) return;
    await clock.sleep(Math.ceil(-this.#tokens / this.#perMs), this.#ends.signal).catch(() => undefined);
  }
}
