import type { Application, ApplicationSet } from '@tiphys/model';
import type { Clock, GoRuntime, KubeApi, Logger } from '@tiphys/ports';
import { Counter, Gauge } from '@tiphys/runtime/metrics';
import type { Registry } from '@tiphys/runtime/metrics';
import type { ObjectStore } from '@tiphys/runtime/watch';
import { keyOf, merged } from '@tiphys/webhooks';
import type { Change } from '@tiphys/webhooks';
import type { ApiServerConfig } from '../config.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import { Affected } from './affected.ts';
import type { Asked } from './affected.ts';
import { ChangeQueue } from './change-queue.ts';
import { WebhookDoor } from './door.ts';
import { OnceMore, isAsked } from './once-more.ts';
import { Refresher } from './refresher.ts';
import { WebhookSettings } from './webhook-settings.ts';

/** Changes of different branches and tags that may wait. */
const MAX_WAITING = 50_000;

export interface WebhooksParts {
  readonly api: KubeApi;
  readonly go: GoRuntime;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly config: Pick<ApiServerConfig, 'webhookParallelismLimit' | 'webhookRefreshWorkers'>;
  readonly settings: ServerSettings;
  readonly applications: ObjectStore<Application>;
  readonly applicationSets: ObjectStore<ApplicationSet>;
}

/** Pushes that providers tell of, turned into refreshes of what follows them. */
export class Webhooks {
  readonly door: WebhookDoor;
  readonly #parts: WebhooksParts;
  readonly #settings: WebhookSettings;
  readonly #affected: Affected;
  readonly #refresher: Refresher;
  readonly #queue: ChangeQueue<Change>;
  readonly #onceMore: OnceMore;
  readonly #unsubscribe: readonly (() => void)[];
  readonly #ending = new AbortController();

  constructor(parts: WebhooksParts) {
    const { api, logger, config, registry, clock } = parts;
    this.#parts = parts;
    this.#settings = new WebhookSettings(parts.settings);
    this.#affected = new Affected(parts.go);
    const sleep = (ms: number): Promise<void> => clock.sleep(ms, this.#ending.signal);
    this.#refresher = new Refresher({
      api,
      logger,
      sleep,
      workers: config.webhookRefreshWorkers,
      written: (kind, object) => {
        if (kind === 'application') parts.applications.observe(object as Application);
        else parts.applicationSets.observe(object as ApplicationSet);
      },
    });
    this.#onceMore = new OnceMore((asked) => void this.#refresher.ask(asked));
    this.#unsubscribe = [parts.applications, parts.applicationSets].map((store) =>
      store.subscribe((change) => this.#onceMore.observe(change)),
    );
    this.#queue = new ChangeQueue({
      capacity: MAX_WAITING,
      workers: config.webhookParallelismLimit,
      keyOf,
      merge: merged,
      handle: (change) => this.#handle(change),
    });
    const requests = describe(registry, () => this.#queue.running);
    this.door = new WebhookDoor({
      settings: this.#settings,
      logger,
      accept: (changes) => this.#queue.put(changes),
      counted: (provider) => requests.inc({ repo: provider }),
    });
  }

  async close(): Promise<void> {
    this.#ending.abort();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    await this.#queue.close();
  }

  async #handle(change: Change): Promise<void> {
    const { applications, applicationSets, logger } = this.#parts;
    try {
      const asked = await this.#affected.by(change, applications.values(), applicationSets.values());
      const spreadMs = asked.length > this.#settings.jitterThreshold ? this.#settings.jitterMs : 0;
      await Promise.all(asked.map((each) => this.#ask(each, spreadMs)));
      logger.debug('a webhook was worked on', { kind: change.kind, asked: asked.length });
    } catch (error) {
      if (!this.#ending.signal.aborted) logger.error('a webhook could not be worked on', { error });
    }
  }

  async #ask(asked: Asked, spreadMs: number): Promise<void> {
    if (spreadMs > 0) await this.#parts.clock.sleep(Math.random() * spreadMs, this.#ending.signal);
    if (isAsked(current(asked, this.#parts), asked.annotations)) this.#onceMore.add(asked);
    else await this.#refresher.ask(asked);
  }
}

const current = ({ kind, object }: Asked, parts: WebhooksParts): Asked['object'] => {
  const { name = '', namespace = '' } = object.metadata;
  return (kind === 'application' ? parts.applications : parts.applicationSets).get(namespace, name) ?? object;
};

/** Addresses of repositories are what strangers send: the metric tells who sent, not about what. */
function describe(registry: Registry, running: () => number): Counter<'repo'> {
  new Gauge({
    name: 'argocd_webhook_handlers_in_flight',
    help: 'Changes that webhooks told of and that are worked on.',
    registers: [registry],
    collect() {
      this.set(running());
    },
  });
  return new Counter({
    name: 'argocd_webhook_requests_total',
    help: 'Webhooks that were taken, by their provider.',
    labelNames: ['repo'],
    registers: [registry],
  });
}
