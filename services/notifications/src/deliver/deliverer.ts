import { TiphysError, asKubeObject } from '@tiphys/model';
import type { GoRuntime, Logger, QueuedDelivery } from '@tiphys/ports';
import type { NotificationMetrics } from '../metrics/notification-metrics.ts';
import { decodePayload, type DeliveryPayload } from '../reconcile/delivery-payload.ts';
import type { Settings } from '../settings/settings.ts';
import { variablesOf } from '../variables.ts';
import { renderMessage } from './render-message.ts';
import { identityOf, type SentKeyWriter } from './sent-key-writer.ts';

export interface DelivererOptions {
  readonly settings: () => Settings;
  readonly go: GoRuntime;
  readonly writer: SentKeyWriter;
  readonly metrics: NotificationMetrics;
  readonly logger: Logger;
}

/**
 * Delivers one queued message: not if the Application remembers it, else send, mark the queued message as sent, and
 * have the Application remember it. A crash before the far side accepted sends it later; a crash after the mark
 * only writes the annotation later. Between the two lies one round trip to Redis.
 */
export class Deliverer {
  readonly #options: DelivererOptions;

  constructor(options: DelivererOptions) {
    this.#options = options;
  }

  /** Rejects to have it tried again; see DeliveryQueue for which codes are final. */
  async deliver(queued: QueuedDelivery): Promise<void> {
    const payload = decodePayload(queued.payload);
    const app = asKubeObject(payload.app);
    if (app === undefined) throw new TiphysError('invalid', 'the queued message names no Application');
    const { writer } = this.#options;
    const identity = identityOf(app);
    if (!queued.sent) {
      const remembered = await writer.read(identity);
      if (remembered !== undefined && Object.hasOwn(remembered, payload.sentKey)) return;
      await this.#send(queued, payload);
    }
    await writer.remember(identity, payload.sentKey);
  }

  async #send(queued: QueuedDelivery, payload: DeliveryPayload): Promise<void> {
    const { metrics, logger } = this.#options;
    const { trigger, destination } = payload;
    const fields = { trigger, ...destination, delivery: queued.id, attempt: queued.attempt };
    try {
      await this.#sendOnce(queued.id, payload);
    } catch (cause) {
      const error = this.#options.settings().redact(cause);
      metrics.delivered(trigger, destination.service, false);
      logger.warn('message not delivered', { ...fields, code: error.code, reason: error.message });
      throw error;
    }
    await queued.markSent().catch((error: unknown) => {
      logger.warn('delivery not marked in the queue', { ...fields, error });
    });
    metrics.delivered(trigger, destination.service, true);
    logger.info('message delivered', fields);
  }

  async #sendOnce(id: string, { app, templates, destination }: DeliveryPayload): Promise<void> {
    const settings = this.#options.settings();
    const notifier = settings.notifier(destination.service);
    if (notifier === undefined) {
      throw new TiphysError('not-found', `service ${destination.service} is not configured`);
    }
    const variables = variablesOf(app, settings, destination);
    const content = await renderMessage(this.#options.go, { templates, config: settings.config, variables });
    await notifier.send({ id, ...destination, content });
  }
}
