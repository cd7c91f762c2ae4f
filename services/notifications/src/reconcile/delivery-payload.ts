import { createHash } from 'node:crypto';
import { isJsonObject, type Application, type JsonObject } from '@tiphys/model';
import type { Delivery } from '@tiphys/notify-rules';
import { parseJson, stringifyJson } from '@tiphys/yaml';
import { z } from 'zod';

/** What a queued message needs to be rendered and delivered: no secret and no credential. */
export interface DeliveryPayload extends Delivery {
  /** The Application as it was when the message became due. */
  readonly app: JsonObject;
}

/** The same for every process and after every restart, so that the queue takes each message once. */
export const deliveryIdOf = (app: Application, sentKey: string): string =>
  createHash('sha256')
    .update(JSON.stringify([app.metadata.uid ?? '', sentKey]))
    .digest('hex');

export const encodePayload = (payload: DeliveryPayload): string =>
  stringifyJson(payload as unknown as JsonObject);

const shape = z.object({
  app: z.custom<JsonObject>(isJsonObject),
  trigger: z.string(),
  templates: z.array(z.string()),
  destination: z.object({ service: z.string(), recipient: z.string() }),
  sentKey: z.string(),
});

export const decodePayload = (text: string): DeliveryPayload =>
  shape.parse(parseJson(text, 'queued message'));
