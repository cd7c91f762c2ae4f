import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { JsonValue } from '@tiphys/model';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { readExchange, recordingsPresent } from '@tiphys/testing/recordings/exchanges';
import { REPLAYED } from '../testing/rest-recordings.ts';
import { TestServer, appNamed } from '../testing/server.ts';
import type { Answer } from '../testing/server.ts';

const REVISION = 'a'.repeat(40);

let redis: RedisServer;
let server: TestServer;

const enable = async (value: string): Promise<void> => {
  await server.configure('argocd-cm', { 'statusbadge.enabled': value });
  await vi.waitFor(
    async () =>
      expect((await server.send('GET', '/api/v1/settings')).json['statusBadgeEnabled'] ?? false).toBe(
        value === 'true',
      ),
    { timeout: 30_000 },
  );
};

/** What a badge says: what is the same in every picture of it. */
const said = (svg: string): Readonly<Record<string, string | undefined>> => {
  const shown = (id: string): string | undefined =>
    new RegExp(`id="${id}"[^>]*display="none"`).test(svg)
      ? undefined
      : new RegExp(`id="${id}"[^>]*>([^<]*)<`).exec(svg)?.[1];
  const fill = (id: string): string | undefined => new RegExp(`id="${id}" fill="([^"]*)"`).exec(svg)?.[1];
  const size = /<svg width="(\d+)"\s+height="(\d+)"/.exec(svg) ?? [];
  return {
    size: `${size[1] ?? ''}x${size[2] ?? ''}`,
    left: shown('leftText'),
    right: shown('rightText'),
    title: shown('titleText') ?? '',
    revision: shown('revisionText'),
    leftColour: fill('leftRect'),
    rightColour: fill('rightRect'),
  };
};

async function replay(number: number): Promise<Answer> {
  const exchange = readExchange(number);
  const path = exchange.path.replace('namespace=argocd', `namespace=${server.namespace.name}`);
  const answer = await server.send('GET', path);
  expect(answer.status).toBe(exchange.status);
  for (const name of ['Content-Type', 'Cache-Control', 'Access-Control-Allow-Origin']) {
    const header = exchange.responseHeaders[name];
    if (header !== undefined) expect(answer.headers.get(name)).toBe(header);
  }
  return answer;
}

const recorded = (body: JsonValue | undefined): string =>
  (typeof body === 'string' ? body : '')
    .replace(/<git7:[^>]*>/, REVISION.slice(0, 7))
    .replace(/base64,[^"]*"/, '"');

beforeAll(async () => {
  redis = await startRedis();
  server = await TestServer.start({ redis });
  const token = await server.login();
  const compared = { comparedTo: { source: { repoURL: '' }, destination: {} } };
  for (const [name, health, sync] of [
    ['gb', 'Healthy', 'Synced'],
    ['np', 'Degraded', 'OutOfSync'],
  ] as const) {
    await server.send('POST', '/api/v1/applications?validate=false', { token, body: appNamed(name) });
    await server.patchApp(name, {
      status: {
        health: { status: health },
        sync: { status: sync, ...compared },
        operationState: {
          phase: 'Succeeded',
          startedAt: '2026-01-01T00:00:00Z',
          operation: {},
          syncResult: { revision: REVISION },
        },
      },
    });
    await vi.waitFor(async () =>
      expect((await server.send('GET', `/api/v1/applications/${name}`, { token })).json).toMatchObject({
        status: { health: { status: health } },
      }),
    );
  }
});
afterAll(async () => {
  await server.stop();
  await redis.stop();
});

describe('badges that are switched off', () => {
  it('tell nothing, whatever is asked', async () => {
    await enable('false');
    const queries = [
      'name=gb',
      'name=nosuch',
      'project=default',
      'name=gb&revision=true&width=300',
      'name=%3C',
    ];
    const pictures = await Promise.all(queries.map((query) => server.send('GET', `/api/badge?${query}`)));
    expect(new Set(pictures.map(({ text }) => text)).size).toBe(1);
    expect(said(pictures[0]?.text ?? '')).toMatchObject({
      size: '131x20',
      left: 'Unknown',
      right: 'Unknown',
    });
  });

  it.runIf(recordingsPresent()).each(REPLAYED.badgesOff)('%d: look as recorded', async (number) => {
    const { text } = await replay(number);
    expect(said(text)).toEqual(said(recorded(readExchange(number).body)));
  });
});

describe('badges that are switched on', () => {
  beforeAll(() => enable('true'));

  it.runIf(recordingsPresent()).each(REPLAYED.badges)('%d: as recorded', async (number) => {
    const { text } = await replay(number);
    expect(said(text)).toEqual(said(recorded(readExchange(number).body)));
  });

  it.runIf(recordingsPresent()).each(REPLAYED.refusedBadges)('%d: a name that cannot be', async (number) => {
    expect((await replay(number)).text).toBe('');
  });

  it.each(['name=..%2F..', 'project=', 'project=a&project=%3Cb', 'namespace=a%20b', 'name=gb&namespace=-'])(
    'refuse %s',
    async (query) => expect((await server.send('GET', `/api/badge?${query}`)).status).toBe(400),
  );

  it('say of other namespaces what they say of what is not there', async () => {
    const { text } = await server.send('GET', '/api/badge?name=gb&namespace=kube-system');
    expect(said(text)).toMatchObject({ left: 'Not Found', right: '' });
  });

  it.each(['-5', '0', '1e3', '99999', 'x'])('take no width of %s', async (width) => {
    const { text } = await server.send('GET', `/api/badge?name=gb&width=${width}`);
    expect(said(text)['size']).toBe('131x20');
  });

  it('answer nothing but reads', async () => {
    expect((await server.send('POST', '/api/badge?name=gb', { body: {} })).status).toBe(405);
    const head = await server.send('HEAD', '/api/badge?name=gb');
    expect([head.status, head.text]).toEqual([200, '']);
  });
});

describe('swagger.json', () => {
  it.runIf(recordingsPresent()).each(REPLAYED.swagger)('%d has the recorded headers', async (number) => {
    const { responseHeaders, status } = readExchange(number);
    const answer = await server.send('GET', '/swagger.json');
    expect(answer.status).toBe(status);
    for (const name of ['Content-Type', 'X-Frame-Options', 'Content-Security-Policy']) {
      expect(answer.headers.get(name)).toBe(responseHeaders[name]);
    }
  });

  it('is there for everybody', async () => {
    const document = JSON.parse((await server.send('GET', '/swagger.json')).text) as Record<string, unknown>;
    expect(Object.keys(document)).toEqual(expect.arrayContaining(['swagger', 'paths', 'definitions']));
    expect((await server.send('POST', '/swagger.json', { body: {} })).status).toBe(405);
  });
});
