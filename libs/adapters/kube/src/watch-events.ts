import { asKubeObject, isJsonObject, stringAt } from '@tiphys/model';
import type { KubeObject } from '@tiphys/model';
import { watchError } from './api-error.ts';
import { parseJson } from './lossless-json.ts';

/** What one line of a watch says. */
export type WatchEvent =
  | { readonly type: 'upsert' | 'delete'; readonly object: KubeObject; readonly resourceVersion: string }
  /** No change; the version to resume from. `listed` marks the end of the initial events. */
  | { readonly type: 'bookmark'; readonly resourceVersion: string; readonly listed: boolean }
  /** A line of no use: an unknown type, or an object without its basic fields. */
  | { readonly type: 'skip' };

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/** Reads a line; throws the error that the server sent as an event. */
export function readWatchLine(line: string): WatchEvent {
  const event = parseJson(line, { protoKeys: 'drop' });
  const type = stringAt(event, 'type');
  const body = isJsonObject(event) ? event['object'] : undefined;
  const resourceVersion = stringAt(body, 'metadata', 'resourceVersion') ?? '';
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED': {
      const object = asKubeObject(body);
      if (object === undefined) return { type: 'skip' };
      return { type: type === 'DELETED' ? 'delete' : 'upsert', object, resourceVersion };
    }
    case 'BOOKMARK': {
      const listed = stringAt(body, 'metadata', 'annotations', INITIAL_EVENTS_END) === 'true';
      return { type: 'bookmark', resourceVersion, listed };
    }
    case 'ERROR':
      throw watchError(body);
    default:
      return { type: 'skip' };
  }
}
