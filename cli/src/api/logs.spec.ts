import { describe, expect, it } from 'vitest';
import { ApiError } from './api-error.ts';
import { followLogs } from './logs.ts';
import type { LogEntry } from './schemas/resources.ts';
import type { ObjectsApi } from './objects.ts';
import type { Query } from './transport.ts';

const T = '2026-01-02T03:04:';
const line = (content: string, seconds: string, podName = 'a'): LogEntry => ({
  content,
  podName,
  timeStampStr: `${T}${seconds}Z`,
  last: false,
});
const last: LogEntry = { content: '', podName: '', timeStampStr: `${T}59Z`, last: true };

/** A server whose streams say this, one after the other; an error is the end of its stream. */
class Streams {
  readonly asked: Query[] = [];
  readonly #streams: (LogEntry | Error)[][];

  constructor(...streams: readonly (readonly (LogEntry | Error)[])[]) {
    this.#streams = streams.map((stream) => [...stream]);
  }

  async *logs(_ref: unknown, query: Query): AsyncGenerator<LogEntry> {
    this.asked.push(query);
    for (const next of this.#streams.shift() ?? []) {
      if (next instanceof Error) throw next;
      yield await Promise.resolve(next);
    }
  }
}

async function read(streams: Streams, query: Query): Promise<readonly (string | null | undefined)[]> {
  const seen: (string | null | undefined)[] = [];
  const api = streams as unknown as ObjectsApi;
  for await (const { content } of followLogs(api, { name: 'shop' }, query)) seen.push(content);
  return seen;
}

const broken = new ApiError(14, 'broken', 'server');

describe('logs', () => {
  it('end with the entry that says so', async () => {
    const streams = new Streams([line('one', '01'), line('two', '01'), last, line('never', '02')]);
    expect(await read(streams, {})).toEqual(['one', 'two']);
  });

  it('that are followed go on after a break, each line once', async () => {
    const streams = new Streams(
      [line('one', '01.5'), line('b', '02', 'b'), broken],
      [line('one', '01.5'), line('between', '01.75'), line('b', '02', 'b'), line('two', '03'), last],
    );
    const query = { follow: true, tailLines: '5', sinceSeconds: '9' };
    expect(await read(streams, query)).toEqual(['one', 'b', 'between', 'two']);
    expect(streams.asked[1]).toEqual({ follow: true, sinceTime: `${T}01.000Z` });
  });

  it.each([
    ['not followed', {}, broken],
    ['refused', { follow: true }, new ApiError(7, 'permission denied', 'server')],
  ])('that are %s end with their failure', async (_what, query, failure) => {
    await expect(read(new Streams([line('one', '01'), failure], [last]), query)).rejects.toBe(failure);
  });
});
