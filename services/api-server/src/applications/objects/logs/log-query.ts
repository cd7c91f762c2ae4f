import { TiphysError, stringAt } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import type { PodLogOptions } from '@tiphys/ports';
import { parseLogTime } from './log-time.ts';
import type { LogTime } from './log-time.ts';
import type { PodSelection } from './selected-pods.ts';

/** What a request for logs asks for. */
export interface LogQuery {
  readonly selection: PodSelection;
  readonly options: Omit<PodLogOptions, 'signal'>;
  readonly isWanted: (content: string) => boolean;
  readonly until: LogTime | undefined;
}

/** @throws TiphysError `invalid` for a time that is none. */
export function logQueryOf(request: JsonObject): LogQuery {
  const part = (key: string): string => stringAt(request, key) ?? '';
  const pod = stringAt(request, 'podName');
  return {
    selection: {
      group: part('group'),
      kind: pod === undefined ? part('kind') : 'Pod',
      namespace: part('namespace'),
      name: pod ?? part('resourceName'),
    },
    options: optionsOf(request),
    isWanted: filterOf(part('filter'), request['matchCase'] === true),
    until: untilOf(part('untilTime')),
  };
}

function optionsOf(request: JsonObject): LogQuery['options'] {
  const [container = '', sinceTime = ''] = ['container', 'sinceTime'].map((key) => stringAt(request, key));
  const positive = ['sinceSeconds', 'tailLines'].flatMap((key) => {
    const value = Number(request[key] ?? 0);
    return value > 0 ? [[key, value] as const] : [];
  });
  return {
    follow: request['follow'] === true,
    previous: request['previous'] === true,
    ...(container === '' ? {} : { container }),
    ...(sinceTime === '' ? {} : { sinceTime }),
    ...Object.fromEntries(positive),
  };
}

/** A text that lines hold; after `!`, one that they do not. Case counts only where that is asked for. */
function filterOf(filter: string, isExact: boolean): (content: string) => boolean {
  if (filter === '') return () => true;
  const fold = (text: string): string => (isExact ? text : text.toLowerCase());
  const isInverse = filter.startsWith('!');
  const wanted = fold(isInverse ? filter.slice(1) : filter);
  return (content) => fold(content).includes(wanted) !== isInverse;
}

function untilOf(text: string): LogTime | undefined {
  if (text === '') return undefined;
  const time = parseLogTime(text);
  if (time !== undefined) return time;
  throw new TiphysError(
    'invalid',
    `invalid untilTime parameter value: ${JSON.stringify(text)} is no RFC 3339 time`,
  );
}
