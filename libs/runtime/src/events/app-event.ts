import { GROUP, VERSION, type Application, type JsonObject, type KubeObject } from '@tiphys/model';

/** Why an event of an Application was written. */
export const EVENT_REASONS = [
  'StatusRefreshed',
  'ResourceCreated',
  'ResourceUpdated',
  'ResourceDeleted',
  'ResourceActionRan',
  'OperationStarted',
  'OperationCompleted',
] as const;
export type EventReason = (typeof EVENT_REASONS)[number];

/** Something that happened to an Application, as `kubectl get events` tells it. */
export interface AppEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: EventReason;
  readonly message: string;
  /** Who did it, where it was somebody. */
  readonly user?: string;
}

export interface EventFrame {
  readonly component: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Tells events of one moment apart. */
  readonly serial: number;
}

const NANOS = 1_000_000n;

/** The Event object of what happened, in the namespace of its Application. */
export function eventObject(app: Application, event: AppEvent, frame: EventFrame): KubeObject & JsonObject {
  const { name = '', namespace = '', uid, resourceVersion } = app.metadata;
  const { server, namespace: into } = app.spec.destination;
  const moment = `${new Date(frame.at).toISOString().slice(0, 19)}Z`;
  const nanos = BigInt(Math.trunc(frame.at)) * NANOS + BigInt(frame.serial % Number(NANOS));
  const { user = '' } = event;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      name: `${name}.${nanos.toString(16)}`,
      namespace,
      ...(Object.keys(frame.labels).length === 0 ? {} : { labels: frame.labels }),
      annotations: {
        'dest-namespace': into ?? '',
        'dest-server': server ?? '',
        ...(user === '' ? {} : { user }),
      },
    },
    involvedObject: {
      kind: 'Application',
      apiVersion: `${GROUP}/${VERSION}`,
      name,
      namespace,
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    type: event.type,
    reason: event.reason,
    message: user === '' ? event.message : `${user} ${event.message}`,
    source: { component: frame.component },
    firstTimestamp: moment,
    lastTimestamp: moment,
    count: 1,
  };
}

/** The reasons that a list such as `ResourceUpdated,OperationStarted`, `all` or `none` names; unknown ones name nothing. */
export function enabledReasons(names: readonly string[]): ReadonlySet<EventReason> {
  const wanted = new Set(names.map((name) => name.trim().toLowerCase()));
  if (wanted.has('none')) return new Set();
  return new Set(EVENT_REASONS.filter((reason) => wanted.has('all') || wanted.has(reason.toLowerCase())));
}
