import { configNames, isJsonObject, stringAt, type KubeObject } from '@tiphys/model';
import type { ApiResource, KubeApi, Logger } from '@tiphys/ports';
import { ObjectMirror } from '../watch/object-mirror.ts';
import { resources } from '../watch/resources.ts';
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
  readonly #mirrors: {
    readonly notifications: ObjectMirror;
    readonly secret: ObjectMirror;
    readonly cm: ObjectMirror;
  };
  #settings: Settings;
  #started = false;

  constructor(options: SettingsWatchOptions) {
    this.#options = options;
    this.#mirrors = {
      notifications: this.#mirror(resources.configMaps, options.configMapName),
      secret: this.#mirror(resources.secrets, options.secretName),
      cm: this.#mirror(resources.configMaps, configNames.cm),
    };
    this.#settings = this.#read();
  }

  get current(): Settings {
    return this.#settings;
  }

  /** Resolves once all three were looked up. */
  async start(): Promise<void> {
    await Promise.all(Object.values(this.#mirrors).map((mirror) => mirror.start()));
    this.#started = true;
    this.#refresh();
  }

  async stop(): Promise<void> {
    await Promise.all(Object.values(this.#mirrors).map((mirror) => mirror.stop()));
  }

  #mirror(resource: ApiResource, name: string): ObjectMirror {
    const { api, namespace, logger } = this.#options;
    return new ObjectMirror({
      api,
      resource,
      selector: { namespace, fieldSelector: `metadata.name=${name}` },
      onChange: () => {
        if (this.#started) this.#refresh();
      },
      onFailure: (error) => logger.warn('watch failed', { kind: resource.kind, name, error }),
    });
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
    const { notifications, secret, cm } = this.#mirrors;
    const url = stringAt(dataOf(cm.get(`${namespace}/${configNames.cm}`)), 'url');
    return readSettings(
      {
        notifications: dataOf(notifications.get(`${namespace}/${configMapName}`)),
        secret: dataOf(secret.get(`${namespace}/${secretName}`)),
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
