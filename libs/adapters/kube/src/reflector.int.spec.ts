import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { ApiResource, ReflectorEvent } from '@tiphys/ports';
import { systemClock } from '@tiphys/runtime/clock';
import { poll } from '@tiphys/testing/processes';
import { noAuthorization } from './auth.ts';
import { makeKubeApi } from './kube-api.ts';
import type { ReflectorSettings } from './reflector-settings.ts';
import { refuse, reply, startSpecServer } from './spec-server.ts';
import type { SeenRequest, SpecServer } from './spec-server.ts';

const things: ApiResource = {
  group: 'x.org',
  version: 'v1',
  kind: 'Thing',
  resource: 'things',
  namespaced: true,
  verbs: [],
};

const settings: ReflectorSettings = {
  stallMs: 500,
  listStallMs: 500,
  retry: { firstMs: 20, maxMs: 50 },
  refused: { firstMs: 20, maxMs: 50 },
};

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const thing = (name: string, resourceVersion: string) => ({
  apiVersion: 'x.org/v1',
  kind: 'Thing',
  metadata: { name, resourceVersion },
});
const line = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;
const listed = (resourceVersion: string): string =>
  line('BOOKMARK', { metadata: { resourceVersion, annotations: { 'k8s.io/initial-events-end': 'true' } } });
const bookmark = (resourceVersion: string): string => line('BOOKMARK', { metadata: { resourceVersion } });

/** Kind of a request: `stream` lists and watches, `watch@5` resumes, `list` and `page` list. */
function kindOf({ query }: SeenRequest): string {
  if (query.get('sendInitialEvents') === 'true') return 'stream';
  if (query.get('watch') === 'true') return `watch@${query.get('resourceVersion')}`;
  return query.get('continue') === null ? 'list' : 'page';
}

/** Answers to the requests in their order; the last one stands for all that follow. */
type Script = readonly ((response: ServerResponse) => void)[];

interface Run {
  readonly server: SpecServer;
  readonly story: string[];
  readonly events: ReflectorEvent[];
  readonly requests: () => string[];
  readonly until: (isSo: () => boolean) => Promise<unknown>;
}

async function run(script: Script, rest: ReflectorSettings = {}): Promise<Run> {
  let step = 0;
  const server = await startSpecServer((_, response) => {
    const answer = script[Math.min(step, script.length - 1)];
    step += 1;
    answer?.(response);
  });
  cleanUps.push(() => server.close());
  const connection = { server: server.url, tls: {}, authorizer: noAuthorization };
  const api = await makeKubeApi(connection, { clock: systemClock, reflector: { ...settings, ...rest } });
  cleanUps.push(() => api.close());
  const story: string[] = [];
  const events: ReflectorEvent[] = [];
  api.reflect(things, { labelSelector: 'a=b' }, (event) => {
    events.push(event);
    story.push('object' in event ? `${event.type} ${event.object.metadata.name}` : event.type);
  });
  return {
    server,
    story,
    events,
    requests: () => server.seen.map(kindOf),
    until: (isSo) => poll(isSo, { what: `story ${story.join(', ')}`, timeoutMs: 5_000, intervalMs: 5 }),
  };
}

const open = (response: ServerResponse, ...lines: string[]): void => {
  response.writeHead(200);
  response.write(lines.join(''));
};
const closed = (response: ServerResponse, ...lines: string[]): void => void response.end(lines.join(''));
const idle = (response: ServerResponse): void => void response.writeHead(200).flushHeaders();

describe('a streamed listing', () => {
  it('asks once, and is complete at its bookmark', async () => {
    const { server, story, until } = await run([
      (response) =>
        open(response, line('ADDED', thing('a', '3')), listed('7'), line('DELETED', thing('a', '8'))),
    ]);
    await until(() => story.length === 4);
    expect(story).toEqual(['reset', 'upsert a', 'synced', 'delete a']);
    expect(Object.fromEntries(server.seen[0]?.query ?? [])).toMatchObject({
      watch: 'true',
      allowWatchBookmarks: 'true',
      sendInitialEvents: 'true',
      resourceVersionMatch: 'NotOlderThan',
      labelSelector: 'a=b',
    });
    expect(Number(server.seen[0]?.query.get('timeoutSeconds'))).toBeGreaterThanOrEqual(300);
  });

  it('resumes from the last version that it was told', async () => {
    const { story, requests, until } = await run([
      (response) => closed(response, line('ADDED', thing('a', '9')), listed('7')),
      (response) => closed(response, line('MODIFIED', thing('a', '10'))),
      (response) => closed(response, bookmark('20')),
      idle,
    ]);
    await until(() => requests().length >= 4);
    expect(requests().slice(0, 4)).toEqual(['stream', 'watch@7', 'watch@10', 'watch@20']);
    expect(story).toEqual(['reset', 'upsert a', 'synced', 'upsert a']);
  });

  it('that breaks before its end is told, and starts anew', async () => {
    const { story, requests, until } = await run([
      (response) => {
        open(response, line('ADDED', thing('a', '9')));
        setTimeout(() => response.destroy(), 50);
      },
      (response) => open(response, line('ADDED', thing('b', '9')), listed('9')),
    ]);
    await until(() => story.includes('synced'));
    expect(requests()).toEqual(['stream', 'stream']);
    expect(story).toEqual(['reset', 'upsert a', 'failed', 'reset', 'upsert b', 'synced']);
  });
});

describe('a server that does not stream listings', () => {
  const list = (items: object[], metadata: object) => (response: ServerResponse) =>
    reply(response, 200, { kind: 'ThingList', apiVersion: 'x.org/v1', metadata, items });
  const bare = (name: string) => ({ metadata: { name } });

  it.each([
    ['and says so', (response: ServerResponse) => refuse(response, 422, 'Invalid')],
    ['and calls it bad', (response: ServerResponse) => refuse(response, 400, 'BadRequest')],
    [
      'and never ends the listing',
      (response: ServerResponse) => open(response, line('ADDED', thing('x', '1'))),
    ],
    [
      'and ends the listing early',
      (response: ServerResponse) => closed(response, line('ADDED', thing('x', '1'))),
    ],
    ['and is silent', idle],
  ])('%s: is listed in pages, then watched', async (_, refusal) => {
    const { events, story, requests, until } = await run([
      refusal,
      list([bare('a')], { resourceVersion: '5', continue: 'more' }),
      list([bare('b')], { resourceVersion: '5' }),
      (response) => open(response, line('ADDED', thing('c', '6'))),
    ]);
    await until(() => story.includes('upsert c'));
    expect(requests().slice(0, 4)).toEqual(['stream', 'list', 'page', 'watch@5']);
    expect(story.slice(story.lastIndexOf('reset'))).toEqual([
      'reset',
      'upsert a',
      'upsert b',
      'synced',
      'upsert c',
    ]);
    expect(story).not.toContain('failed');
    const first = events.find((event) => event.type === 'upsert' && event.object.metadata.name === 'a');
    expect(first).toMatchObject({ object: { apiVersion: 'x.org/v1', kind: 'Thing' } });
  });

  it('starts a listing over when its token expires', async () => {
    const { story, requests, until } = await run([
      (response) => refuse(response, 422, 'Invalid'),
      list([bare('a')], { resourceVersion: '5', continue: 'more' }),
      (response) => refuse(response, 410, 'Expired'),
      list([bare('b')], { resourceVersion: '6' }),
      idle,
    ]);
    await until(() => requests().length >= 5);
    expect(requests().slice(0, 5)).toEqual(['stream', 'list', 'page', 'list', 'watch@6']);
    expect(story).toEqual(['reset', 'upsert a', 'reset', 'upsert b', 'synced']);
  });

  it('is asked for all in one piece when tokens keep expiring', async () => {
    const expiring = [
      list([], { continue: 'more' }),
      (response: ServerResponse) => refuse(response, 410, 'Expired'),
    ];
    const { server, story, until } = await run([
      (response) => refuse(response, 422, 'Invalid'),
      ...expiring,
      ...expiring,
      ...expiring,
      list([bare('a')], { resourceVersion: '6' }),
      idle,
    ]);
    await until(() => story.includes('synced'));
    expect(
      server.seen.filter(({ query }) => !query.has('watch')).map(({ query }) => query.get('limit')),
    ).toEqual(['500', '500', '500', '500', '500', '500', null]);
  });
});

describe('a version that is of no use', () => {
  const ask = (object: object) =>
    line('ERROR', { kind: 'Status', status: 'Failure', message: 'no', ...object });
  it.each([
    [
      'expired, as an event',
      (response: ServerResponse) => closed(response, ask({ code: 410, reason: 'Expired' })),
    ],
    ['expired, as an answer', (response: ServerResponse) => refuse(response, 410, 'Gone')],
    [
      'of the future',
      (response: ServerResponse) =>
        refuse(response, 504, 'Timeout', { details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } }),
    ],
  ])('%s: lists anew', async (_, useless) => {
    const { story, requests, until } = await run([
      (response) => closed(response, line('ADDED', thing('a', '1')), listed('7')),
      useless,
      (response) => open(response, line('ADDED', thing('b', '1')), listed('9')),
    ]);
    await until(() => story.includes('upsert b') && story.at(-1) === 'synced');
    expect(requests()).toEqual(['stream', 'watch@7', 'stream']);
    expect(story).toEqual(['reset', 'upsert a', 'synced', 'reset', 'upsert b', 'synced']);
  });

  it('silent again and again: resumes first, then lists anew', async () => {
    const { story, requests, until } = await run([
      (response) => open(response, listed('7')),
      idle,
      (response) => open(response, line('ADDED', thing('a', '3')), listed('4')),
    ]);
    await until(() => story.includes('upsert a') && story.at(-1) === 'synced');
    expect(requests().slice(0, 3)).toEqual(['stream', 'watch@7', 'stream']);
    expect(story).not.toContain('failed');
  });
});

describe('a failure', () => {
  it.each([
    [403, 'permission-denied'],
    [404, 'not-found'],
    [500, 'unavailable'],
  ])('by HTTP %i is told as %s each time, until it passes', async (status, code) => {
    const { events, story, until } = await run([
      (response) => refuse(response, status, 'No'),
      (response) => refuse(response, status, 'No'),
      (response) => open(response, listed('3')),
    ]);
    await until(() => story.includes('synced'));
    expect(story).toEqual(['failed', 'failed', 'reset', 'synced']);
    expect(events[0]).toMatchObject({ error: { code, message: 'No' } });
  });

  it('after a complete view is made good by `synced`, without a listing', async () => {
    const { story, requests, until } = await run([
      (response) => closed(response, listed('7')),
      (response) => refuse(response, 503, 'No'),
      idle,
    ]);
    await until(() => story.length === 4);
    expect(story).toEqual(['reset', 'synced', 'failed', 'synced']);
    expect(requests().slice(0, 3)).toEqual(['stream', 'watch@7', 'watch@7']);
  });

  it.each([
    ['nonsense', 'upstream connect error\n', 'invalid'],
    ['an error', line('ERROR', { kind: 'Status', code: 500, message: 'no leader' }), 'unavailable'],
  ])('within a watch (%s) is told, and made good', async (_, text, code) => {
    const { story, events, until } = await run([
      (response) => closed(response, listed('7')),
      (response) => closed(response, text),
      idle,
    ]);
    await until(() => story.length === 4);
    expect(story).toEqual(['reset', 'synced', 'failed', 'synced']);
    expect(events[2]).toMatchObject({ error: { code } });
  });

  it('of the link alone is no news while the view is complete', async () => {
    const { story, requests, until } = await run([
      (response) => open(response, listed('7')),
      (response) => {
        open(response, bookmark('8'));
        setTimeout(() => response.destroy(), 50);
      },
      idle,
    ]);
    await until(() => requests().length >= 3);
    expect(requests().slice(0, 3)).toEqual(['stream', 'watch@7', 'watch@8']);
    expect(story).toEqual(['reset', 'synced']);
  });

  it('waits longer and longer: a watch that ends at once does not become a storm', async () => {
    const started = performance.now();
    const { requests, until } = await run(
      [(response) => closed(response, listed('7')), (response) => closed(response)],
      { retry: { firstMs: 50, maxMs: 200 } },
    );
    await until(() => requests().length >= 5);
    expect(performance.now() - started).toBeGreaterThan(150);
  });
});

it('never keeps more than it needs of a large listing, and stops in the midst of it', async () => {
  let sent = 0;
  const { story, until } = await run([
    (response) => {
      response.writeHead(200);
      const more = (): void => {
        while (sent < 5_000 && !response.destroyed) {
          sent += 1;
          if (!response.write(line('ADDED', thing(`t${sent}`, '1'))))
            return void response.once('drain', more);
        }
        response.write(listed('9'));
      };
      more();
    },
  ]);
  await until(() => story.at(-1) === 'synced');
  expect(story).toHaveLength(5_002);
});
