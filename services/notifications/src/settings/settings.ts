import { createHash } from 'node:crypto';
import { createRedactor, redactedError } from '@tiphys/adapter-notify';
import type { JsonObject, TiphysError } from '@tiphys/model';
import type { Notifier } from '@tiphys/ports';
import { parseNotificationConfig, withSecrets, type NotificationConfig } from '@tiphys/notify-rules';

/** All that the config maps and the secret say, at one moment. */
export interface Settings {
  readonly config: NotificationConfig;
  /** `context` of the config map; `argocdUrl` comes from `argocd-cm` where it is not set. */
  readonly context: Readonly<Record<string, string>>;
  readonly secrets: ReadonlyMap<string, string>;
  /** The same failure with a message that shows no value of the secret. */
  redact(error: unknown): TiphysError;
  /** The service of a name, or undefined. */
  notifier(name: string): Notifier | undefined;
}

export interface SettingsSource {
  /** Data of `argocd-notifications-cm`. */
  readonly notifications: Readonly<Record<string, string>>;
  /** Data of `argocd-notifications-secret`, base64. */
  readonly secret: Readonly<Record<string, string>>;
  /** `url` of `argocd-cm`. */
  readonly url: string | undefined;
}

export type NotifierFactory = (request: {
  readonly type: string;
  readonly name: string;
  readonly options: JsonObject;
  readonly secrets: Iterable<string>;
}) => Notifier;

/** Reads the settings; what is wrong in them is in `config.problems`. */
export function readSettings(source: SettingsSource, createNotifier: NotifierFactory): Settings {
  const config = parseNotificationConfig(source.notifications, sha1);
  const secrets = new Map(
    Object.entries(source.secret).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
  const notifiers = new Map<string, Notifier>();
  for (const { name, type, options } of config.services.values()) {
    const request = { type, name, options: withSecrets(options, secrets), secrets: [...secrets.values()] };
    notifiers.set(name, createNotifier(request));
  }
  const context = source.url === undefined ? config.context : { argocdUrl: source.url, ...config.context };
  const redactText = createRedactor(secrets.values());
  return {
    config,
    context,
    secrets,
    redact: (error) => redactedError(error, redactText),
    notifier: (name) => notifiers.get(name),
  };
}

const sha1 = (text: string): string => createHash('sha1').update(text).digest('base64url');
