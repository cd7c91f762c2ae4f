import { TiphysError, type JsonObject } from '@tiphys/model';
import type { Notifier } from '@tiphys/ports';
import { createAddressPolicy, type AddressPolicy } from './address-policy.ts';
import { createEmail } from './email.ts';
import { createRedactor, redactedError } from './redaction.ts';
import type { ServiceFactory } from './service.ts';
import { createSlack } from './slack.ts';
import { createWebhook } from './webhook.ts';

const factories: Readonly<Record<string, ServiceFactory>> = {
  webhook: createWebhook,
  slack: createSlack,
  email: createEmail,
};

/** Types of `service.<type>` that can be delivered to. */
export const serviceTypes: readonly string[] = Object.keys(factories);

export interface NotifierRequest {
  readonly type: string;
  /** Name of the `service.<type>[.<name>]` entry. */
  readonly name: string;
  /** Options with secrets filled in. */
  readonly options: JsonObject;
  /** Every value that must not be shown in an error. */
  readonly secrets: Iterable<string>;
  /** Default: no link-local and no metadata address. */
  readonly policy?: AddressPolicy;
  /** Milliseconds for one message; default 15,000. */
  readonly timeoutMs?: number;
  /** PEM that is trusted for a host instead of the system's roots. */
  readonly caOf?: (host: string) => Promise<string | undefined>;
}

/**
 * The service that an entry configures. Errors show no secret; options that are wrong reject with `invalid` when it
 * sends, so that one wrong entry harms no other.
 */
export function createNotifier({ type, secrets, policy, ...input }: NotifierRequest): Notifier {
  const redact = createRedactor(secrets);
  const create = Object.hasOwn(factories, type) ? factories[type] : undefined;
  let service: Notifier | undefined;
  return {
    async send(notification) {
      if (create === undefined) {
        throw new TiphysError(
          'failed-precondition',
          `service ${input.name} has the type ${type}, which is not one of ${serviceTypes.join(', ')}`,
        );
      }
      try {
        service ??= create({ ...input, policy: policy ?? createAddressPolicy() });
        await service.send(notification);
      } catch (error) {
        throw redactedError(error, redact);
      }
    },
  };
}
