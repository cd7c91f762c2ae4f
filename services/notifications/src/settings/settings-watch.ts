import { configNames, isJsonObject, stringAt, type KubeObject } from '@tiphys/model';
import type { ApiResource, KubeApi, Logger } from '@tiphys/ports';
import { ObjectStore, ownKinds } from '@tiphys/runtime/watch';
import { readSettings, type NotifierFactory, type Settings } from './settings.ts';

export interface SettingsWatchOptions {
  readonly api: KubeApi;
  readonly namespace: string;
  readonly configMapName: string;
  readonly secretName: string;
  readonly createNotifier: NotifierFactory;
  readonly logger: Logger;
  /** Told after the settings changed. */
  readonly onChange: () => void;
}

/** Keeps the settings as the cluster has them. A config map or secret that is missing counts as empty. */
export class SettingsWatch {
  readonly #options: SettingsWatchOptions;
  readonly #stores: {
    readonly notifications: ObjectStore;
    readonly secret: ObjectStore;
    readonly cm: ObjectStore;
  };
  #settings: Settings;
  #started = false;

  constructor(options: SettingsWatchOptions) {
    this.#options = options;
    this.#stores = {
      notifications: this.#watch(ownKinds.configMap, options.configMapName),
      secret: this.#watch(ownKinds.secret, options.secretName),
      cm: this.#watch(ownKinds.configMap, configNames.cm),
    };
    this.#settings = this.#read();
  }

  get current(): Settings {
    return this.#settings;
  }

  /** Resolves once all three were looked up. */
  async start(): Promise<void> {
    await Promise.all(Object.values(this.#stores).map((store) => store.start()));
    this.#started = true;
    this.#refresh();
  }

  async stop(): Promise<void> {
    await Promise.all(Object.values(this.#stores).map((store) => store.stop()));
  }

  #watch(resource: ApiResource, name: string): ObjectStore {
    const { api, namespace, logger } = this.#options;
    const selector = { namespace, fieldSelector: `metadata.name=${name}` };
    const store = new ObjectStore({ api, resource, selector, logger });
    store.subscribe(() => {
      if (this.#started) this.#refresh();
    });
    return store;
  }

  #refresh(): void {
    this.#settings = this.#read();
    const { config } = this.#settings;
    for (const problem of config.problems) this.#options.logger.warn('setting left out', { problem });
    this.#options.logger.info('settings read', {
      triggers: config.triggers.size,
      templates: config.templates.size,
      services: [...config.services.keys()],
    });
    this.#options.onChange();
  }

  #read(): Settings {
    const { namespace, configMapName, secretName, createNotifier } = this.#options;
    const { notifications, secret, cm } = this.#stores;
    const url = stringAt(dataOf(cm.get(namespace, configNames.cm)), 'url');
    return readSettings(
      {
        notifications: dataOf(notifications.get(namespace, configMapName)),
        secret: dataOf(secret.get(namespace, secretName)),
        url,
      },
      createNotifier,
    );
  }
}

function dataOf(object: KubeObject | undefined): Readonly<Record<string, string>> {
  const data = object?.['data'];
  if (!isJsonObject(data)) return {};
  return Object.fromEntries(
    Object.entries(data).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
