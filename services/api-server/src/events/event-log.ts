import { messageOf } from '@tiphys/model';
import type { JsonObject, KubeObject } from '@tiphys/model';
import type { ApiResource, Clock, KubeApi, Logger } from '@tiphys/ports';
import type { Claims } from '../auth/claims.ts';

const EVENTS: ApiResource = {
  group: '',
  version: 'v1',
  kind: 'Event',
  resource: 'events',
  namespaced: true,
  verbs: ['create', 'list'],
};
const COMPONENT = 'argocd-server';
/** What an event may hold of a message. */
const MAX_MESSAGE = 1_024;

export type EventReason = 'ResourceCreated' | 'ResourceUpdated' | 'ResourceDeleted';

/** Notes in the cluster who did what through the API, and reads it again. */
export class EventLog {
  readonly #api: KubeApi;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #reasons: ReadonlySet<string>;
  #last = 0;

  /** Events are written for `reasons` only. */
  constructor(parts: {
    readonly api: KubeApi;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly reasons: ReadonlySet<string>;
  }) {
    this.#api = parts.api;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
    this.#reasons = parts.reasons;
  }

  /**
   * Notes what a caller did to an object of ours; `did` follows the caller's name, which `marksUser` writes into an
   * annotation as well. Never rejects.
   */
  async note(
    object: KubeObject,
    {
      reason,
      did,
      claims,
      marksUser = false,
    }: { reason: EventReason; did: string; claims: Claims | undefined; marksUser?: boolean },
  ): Promise<void> {
    if (!this.#reasons.has(reason)) return;
    const who = claims?.subject === undefined || claims.subject === '' ? 'Unknown user' : claims.subject;
    try {
      const event = this.#event(object, reason, `${who} ${did}`.slice(0, MAX_MESSAGE));
      const metadata = { ...event.metadata, annotations: { user: who } };
      await this.#api.create(EVENTS, marksUser ? { ...event, metadata } : event);
    } catch (error) {
      this.#logger.warn('an event could not be written', { reason, error: messageOf(error) });
    }
  }

  /** The events of an object, in the form of the API. */
  async of({ metadata }: KubeObject): Promise<JsonObject> {
    const { name = '', namespace = '', uid = '' } = metadata;
    return await eventsAbout(this.#api, { name, namespace, uid });
  }

  #event({ apiVersion, kind, metadata }: KubeObject, reason: EventReason, message: string): KubeObject {
    const { name = '', namespace = '', uid, resourceVersion } = metadata;
    const time = new Date(this.#clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${this.#serial().toString(16)}`, namespace },
      involvedObject: { apiVersion, kind, name, namespace, uid, resourceVersion },
      reason,
      message,
      type: 'Normal',
      source: { component: COMPONENT },
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
    };
  }

  /** Nanoseconds since the epoch, never the same twice. */
  #serial(): bigint {
    this.#last = Math.max(this.#last + 1, this.#clock.now() * 1_000);
    return BigInt(this.#last) * 1_000n;
  }
}

/** Who events are about. */
export interface EventSubject {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
}

/** The events about an object that its cluster keeps, in the form of the API. */
export async function eventsAbout(api: KubeApi, subject: EventSubject): Promise<JsonObject> {
  const { name, namespace, uid } = subject;
  const fieldSelector = Object.entries({ name, namespace, uid })
    .map(([key, value]) => `involvedObject.${key}=${value}`)
    .join(',');
  const { items, resourceVersion } = await api.list(EVENTS, { namespace, fieldSelector });
  return {
    metadata: { resourceVersion },
    ...(items.length === 0 ? {} : { items: items.map((item) => item as unknown as JsonObject) }),
  };
}
