import type { JsonObject } from '@tiphys/model';
import type { Handlers } from '../api/handlers.ts';
import type { ConfigMap } from '../store/config-map.ts';

const SERVICE = '/notification.NotificationService';

/** Names of what notifications are configured with: any caller who is logged in may choose among them. */
export class NotificationService {
  readonly #settings: ConfigMap;

  constructor(settings: ConfigMap) {
    this.#settings = settings;
  }

  readonly handlers: Handlers = {
    unary: {
      [`${SERVICE}/ListTriggers`]: () => this.#named(/^trigger\.(.+)$/u),
      [`${SERVICE}/ListTemplates`]: () => this.#named(/^template\.(.+)$/u),
      [`${SERVICE}/ListServices`]: () => this.#named(/^service\.(?:[^.]+\.)?(.+)$/u),
    },
  };

  #named(key: RegExp): JsonObject {
    const names = Object.keys(this.#settings.data).flatMap((name) => key.exec(name)?.[1] ?? []);
    return names.length === 0 ? {} : { items: [...new Set(names)].sort().map((name) => ({ name })) };
  }
}
