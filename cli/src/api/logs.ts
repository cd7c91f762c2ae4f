import { setTimeout as pause } from 'node:timers/promises';
import type { AppRef } from './applications.ts';
import type { ObjectsApi } from './objects.ts';
import type { LogEntry } from './schemas/resources.ts';
import type { Query } from './transport.ts';
import { isPassing } from './watch.ts';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
/** How often in a row a log may break without a single new line before the client gives up. */
const MOST_EMPTY = 10;

/**
 * Lines of logs without the entry that ends them. A log that is followed and breaks off is opened again, from the
 * last line that was shown on; a line is not shown twice.
 */
export async function* followLogs(api: ObjectsApi, ref: AppRef, query: Query): AsyncGenerator<LogEntry> {
  const shown = new Map<string, string>();
  for (let empty = 0; ;) {
    const before = new Map(shown);
    try {
      for await (const entry of api.logs(ref, resumed(query, [...before.values()]))) {
        if (entry.last === true) return;
        const pod = entry.podName ?? '';
        const key = keyOf(entry.timeStampStr ?? '');
        if (key <= (before.get(pod) ?? '')) continue;
        if (pod !== '') shown.set(pod, key);
        empty = 0;
        yield entry;
      }
      return;
    } catch (error) {
      if (query['follow'] !== true || ++empty > MOST_EMPTY || !isPassing(error)) throw error;
    }
    await pause(Math.min(FIRST_PAUSE_MS * 2 ** empty, LONGEST_PAUSE_MS));
  }
}

/** The same log from the pod on that is furthest behind; all of it where no line was shown. */
function resumed(query: Query, keys: readonly string[]): Query {
  const [earliest] = keys.toSorted();
  if (earliest === undefined) return query;
  const { tailLines: _tail, sinceSeconds: _since, ...rest } = query;
  return { ...rest, sinceTime: new Date(Number.parseInt(earliest, 10) * 1_000).toISOString() };
}

/** A time as text that sorts: whole seconds and nanoseconds. */
function keyOf(time: string): string {
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? '';
  const seconds = Math.max(0, Math.floor(Date.parse(time) / 1_000) || 0);
  return `${String(seconds).padStart(12, '0')}.${fraction.padEnd(9, '0')}`;
}
