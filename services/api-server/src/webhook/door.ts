import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendText } from '@tiphys/adapter-argo-api';
import type { Logger } from '@tiphys/ports';
import { senderOf } from '@tiphys/webhooks';
import type { Change, Headers, Provider } from '@tiphys/webhooks';
import { BodyReader } from './body-reader.ts';
import { isProven } from './proof.ts';
import type { WebhookSettings } from './webhook-settings.ts';

export interface DoorParts {
  readonly settings: WebhookSettings;
  readonly logger: Logger;
  /** False where there is no room for them. */
  readonly accept: (changes: readonly Change[]) => boolean;
  readonly counted: (provider: string) => void;
}

const FAILED = 'Webhook processing failed';

/** Where providers tell of pushes: who sends, is it them, what do they say, in that order. */
export class WebhookDoor {
  readonly #parts: DoorParts;
  readonly #bodies = new BodyReader();

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  /** Answers a request. Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#answer(request, response);
    } catch (error) {
      this.#parts.logger.error('a webhook failed by a fault of this service', { error });
      if (!response.headersSent) sendText(response, 500, FAILED);
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers = headersOf(request);
    const provider = senderOf(headers);
    if (provider === undefined) return refuse(request, response, [400, 'Unknown webhook event']);
    if (request.method !== 'POST') return refuse(request, response, [405, FAILED]);
    const read = await this.#bodies.read(request, this.#parts.settings.maxBytes);
    switch (read.type) {
      case 'body':
        return this.#judge(provider, { headers, body: read.body }, response);
      case 'too-large': {
        const megabytes = this.#parts.settings.maxBytes / (1024 * 1024);
        return refuse(request, response, [
          413,
          `${FAILED}: the payload must be smaller than ${megabytes} MB`,
        ]);
      }
      case 'busy':
        return refuse(request, response, [503, `${FAILED}: too many payloads at once`]);
      case 'gone':
        response.destroy();
    }
  }

  #judge(provider: Provider, message: { headers: Headers; body: Buffer }, response: ServerResponse): void {
    const { settings, logger, accept, counted } = this.#parts;
    const told = { provider: provider.name };
    if (!isProven(provider.proof, { ...message, secret: (key) => settings.secret(key) })) {
      logger.info('a webhook was refused: it is not proven who sent it', told);
      return sendText(response, provider.name === 'ghcr' ? 401 : 400, FAILED);
    }
    counted(provider.name);
    const reading = provider.read(parsed(message.body), message.headers);
    switch (reading.type) {
      case 'refused':
        logger.info('a webhook was refused', { ...told, reason: reading.reason });
        return sendText(response, 400, FAILED);
      case 'ignored':
        return done(response);
      case 'changes':
        if (accept(reading.changes)) return done(response);
        logger.warn('a webhook was dropped: the queue is full', told);
        return sendText(response, 503, 'Queue is full, discarding webhook payload');
    }
  }
}

const headersOf =
  ({ headers }: IncomingMessage): Headers =>
  (name) => {
    const value = headers[name];
    return Array.isArray(value) ? value[0] : value;
  };

/** What is no JSON is nothing that a provider reads. */
function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

const done = (response: ServerResponse): void => {
  response.writeHead(200).end();
};

/** Answers without having read the body, which is not waited for. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  [status, text]: readonly [status: number, text: string],
): void {
  if (request.complete) return sendText(response, status, text);
  sendText(response, status, text, { Connection: 'close' });
  response.once('finish', () => request.destroy());
  request.resume();
}
