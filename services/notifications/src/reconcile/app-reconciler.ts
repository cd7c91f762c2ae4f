import { asJson, hasCode, type Application, type KubeObject } from '@tiphys/model';
import {
  SENT_KEYS_ANNOTATION,
  decide,
  isStatusCurrent,
  mergeDestinations,
  parseSentKeys,
  subscribedByAnnotations,
  subscribedByDefault,
  type ConditionResult,
  type Decision,
  type Destinations,
} from '@tiphys/notify-rules';
import type { Clock, DeliveryQueue, GoRuntime, Logger } from '@tiphys/ports';
import type { SentKeyWriter } from '../deliver/sent-key-writer.ts';
import type { NotificationMetrics } from '../metrics/notification-metrics.ts';
import type { Settings } from '../settings/settings.ts';
import { variablesOf } from '../variables.ts';
import { deliveryIdOf, encodePayload } from './delivery-payload.ts';
import { evaluateTriggers } from './evaluate.ts';

export interface AppReconcilerOptions {
  readonly settings: () => Settings;
  readonly appOf: (key: string) => Application | undefined;
  readonly projectOf: (app: Application) => KubeObject | undefined;
  readonly go: GoRuntime;
  readonly queue: DeliveryQueue;
  readonly writer: SentKeyWriter;
  readonly metrics: NotificationMetrics;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** While a message is not recorded as delivered, its Application is looked at again this often. */
const PENDING_MS = 15_000;
const QUEUE_AWAY_MS = 5_000;
/** Conditions that look at the clock change without any event; one that could not be evaluated may work again. */
const LOOK_AGAIN_MS = 60_000;
const USES_CLOCK = /\btime\s*\./;

/** Finds out what is due for one Application and puts it into the queue. A double run is harmless. */
export class AppReconciler {
  readonly #options: AppReconcilerOptions;
  #queueAway = false;

  constructor(options: AppReconcilerOptions) {
    this.#options = options;
  }

  /** Looks at one Application; gives the milliseconds until it should be looked at again, if ever without an event. */
  async reconcile(key: string): Promise<number | undefined> {
    const app = this.#options.appOf(key);
    if (app === undefined || !isStatusCurrent(app)) return undefined;
    const settings = this.#options.settings();
    const destinations = this.#destinations(app, settings);
    if (destinations.size === 0) return undefined;
    const results = await this.#evaluate(app, settings, destinations);
    const decision = decide({
      destinations,
      results,
      sentKeys: parseSentKeys(app.metadata.annotations?.[SENT_KEYS_ANNOTATION]),
      now: Math.floor(this.#options.clock.now() / 1_000),
    });
    if (decision.forget.length > 0) await this.#options.writer.forget(app, decision.forget);
    const pendingAgain = await this.#enqueue(app, decision);
    const lookAgain = usesClock(settings, destinations) || hasUnknown(results);
    return earliest(pendingAgain, lookAgain ? LOOK_AGAIN_MS : undefined);
  }

  #destinations(app: Application, settings: Settings): Destinations {
    const { projectOf, logger } = this.#options;
    const own = subscribedByAnnotations(app.metadata.annotations ?? {}, settings.config);
    const project = subscribedByAnnotations(projectOf(app)?.metadata.annotations ?? {}, settings.config);
    for (const problem of [...own.problems, ...project.problems]) {
      logger.warn('subscription left out', { app: nameOf(app), problem });
    }
    return mergeDestinations(
      subscribedByDefault(app.metadata.labels ?? {}, settings.config),
      own.destinations,
      project.destinations,
    );
  }

  async #evaluate(
    app: Application,
    settings: Settings,
    destinations: Destinations,
  ): Promise<ReadonlyMap<string, readonly ConditionResult[]>> {
    const { go, metrics, logger } = this.#options;
    const { triggers } = settings.config;
    const wanted = [...destinations.keys()].flatMap((name) => {
      const conditions = triggers.get(name);
      if (conditions === undefined)
        logger.warn('trigger is not configured', { app: nameOf(app), trigger: name });
      return conditions === undefined ? [] : [[name, conditions] as const];
    });
    const request = { triggers: new Map(wanted), variables: variablesOf(asJson(app), settings) };
    const results = await evaluateTriggers(go, request, (expression, message) =>
      logger.debug('expression failed', { app: nameOf(app), expression, message }),
    );
    for (const [name, outcomes] of results) {
      for (const { outcome } of outcomes) metrics.evaluated(name, outcome === 'holds');
    }
    return results;
  }

  async #enqueue(app: Application, { deliveries }: Decision): Promise<number | undefined> {
    const { queue, logger } = this.#options;
    for (const delivery of deliveries) {
      const { trigger, destination, sentKey } = delivery;
      try {
        const payload = encodePayload({ ...delivery, app: asJson(app) });
        const added = await queue.add({ id: deliveryIdOf(app, sentKey), payload });
        if (added) logger.info('message queued', { app: nameOf(app), trigger, ...destination });
      } catch (error) {
        if (!hasCode(error, 'unavailable')) throw error;
        if (!this.#queueAway)
          logger.warn('messages wait for the queue', { app: nameOf(app), trigger, error });
        this.#queueAway = true;
        return QUEUE_AWAY_MS;
      }
      if (this.#queueAway) logger.info('the queue is back');
      this.#queueAway = false;
    }
    return deliveries.length > 0 ? PENDING_MS : undefined;
  }
}

function usesClock({ config }: Settings, destinations: Destinations): boolean {
  return [...destinations.keys()].some((trigger) =>
    config.triggers
      .get(trigger)
      ?.some(({ when, oncePer = '' }) => USES_CLOCK.test(when) || USES_CLOCK.test(oncePer)),
  );
}

const hasUnknown = (results: ReadonlyMap<string, readonly ConditionResult[]>): boolean =>
  [...results.values()].flat().some(({ outcome }) => outcome === 'unknown');

function earliest(...delays: readonly (number | undefined)[]): number | undefined {
  const known = delays.filter((delay) => delay !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

const nameOf = ({ metadata }: Application): string => `${metadata.namespace ?? ''}/${metadata.name ?? ''}`;
