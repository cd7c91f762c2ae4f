import { hasCode, type KubeObject } from '@tiphys/model';
import {
  SENT_KEYS_ANNOTATION,
  changeSentKeys,
  formatSentKeys,
  parseSentKeys,
  type SentKeys,
} from '@tiphys/notify-rules';
import type { Clock, KubeApi } from '@tiphys/ports';
import { ownKinds } from '@tiphys/runtime/watch';

/** Which Application, and that it is still the same one. */
export interface AppIdentity {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
}

const MAX_CONFLICTS = 20;

/** The only writer of the sent-keys annotation: reads anew before each change and never overwrites another's. */
export class SentKeyWriter {
  readonly #api: KubeApi;
  readonly #clock: Clock;

  constructor(api: KubeApi, clock: Clock) {
    this.#api = api;
    this.#clock = clock;
  }

  /** What the cluster remembers; undefined where the Application is gone. */
  async read(app: AppIdentity): Promise<SentKeys | undefined> {
    const object = await this.#find(app);
    return object === undefined ? undefined : sentKeysOf(object);
  }

  /** Remembers that a message was delivered. */
  async remember(app: AppIdentity, sentKey: string): Promise<void> {
    await this.#change(app, { add: [sentKey] });
  }

  /** Forgets messages, so that they are sent again when they are due again. */
  async forget(app: KubeObject, sentKeys: readonly string[]): Promise<void> {
    await this.#change(identityOf(app), { remove: sentKeys });
  }

  async #change(
    app: AppIdentity,
    change: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
  ): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const object = await this.#find(app);
      if (object === undefined) return;
      const before = object.metadata.annotations?.[SENT_KEYS_ANNOTATION];
      const now = Math.floor(this.#clock.now() / 1_000);
      const after = formatSentKeys(changeSentKeys(parseSentKeys(before), { ...change, now }));
      if (after === before) return;
      try {
        return await this.#patch(object, after);
      } catch (error) {
        if (hasCode(error, 'not-found')) return;
        if (!hasCode(error, 'conflict') || attempt === MAX_CONFLICTS) throw error;
      }
    }
  }

  async #patch({ metadata }: KubeObject, annotation: string | undefined): Promise<void> {
    await this.#api.patch(
      ownKinds.application,
      { name: metadata.name ?? '', namespace: metadata.namespace ?? '' },
      {
        type: 'merge',
        fieldManager: 'argocd-notifications-controller',
        body: {
          metadata: {
            // A conflict instead of a lost update.
            resourceVersion: metadata.resourceVersion,
            annotations: { [SENT_KEYS_ANNOTATION]: annotation ?? null },
          },
        },
      },
    );
  }

  async #find({ name, namespace, uid }: AppIdentity): Promise<KubeObject | undefined> {
    try {
      const object = await this.#api.get(ownKinds.application, { name, namespace });
      return object.metadata.uid === uid ? object : undefined;
    } catch (error) {
      if (hasCode(error, 'not-found')) return undefined;
      throw error;
    }
  }
}

export const identityOf = ({ metadata }: KubeObject): AppIdentity => ({
  name: metadata.name ?? '',
  namespace: metadata.namespace ?? '',
  uid: metadata.uid ?? '',
});

const sentKeysOf = ({ metadata }: KubeObject): SentKeys =>
  parseSentKeys(metadata.annotations?.[SENT_KEYS_ANNOTATION]);
