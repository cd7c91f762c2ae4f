import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonValue } from '@tiphys/model';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { DETAILS, served } from '../testing/recorded-repository.ts';
import { timeless } from '@tiphys/testing/recordings/calls';
import { differences, readExchange, recordingsPresent } from '@tiphys/testing/recordings/exchanges';
import { REPLAYED } from '../testing/rest-recordings.ts';
import { TestServer } from '../testing/server.ts';

const DECODED =
  'an address in a path is read once or twice escaped by every route, so that the call does what it says';
const OWN_WORDS = 'same status; why it cannot be reached is told in words of our own';

/** Answers that differ on purpose, and why. */
const KNOWN: Readonly<Record<number, string>> = {
  103: 'no credential is ever in a reply',
  104: OWN_WORDS,
  105: OWN_WORDS,
  121: DECODED,
  122: DECODED,
  123: OWN_WORDS,
  128: DECODED,
  130: DECODED,
  131: DECODED,
  134: DECODED,
  135: DECODED,
  137: DECODED,
  141: DECODED,
  151: 'the key is not there',
  158: OWN_WORDS,
  159: OWN_WORDS,
};

/** Those of which only the status is compared, which is another one on purpose. */
const OTHER_STATUS: Readonly<Record<number, number>> = {
  121: 200,
  122: 200,
  128: 200,
  130: 500,
  131: 200,
  134: 200,
  135: 200,
  141: 200,
};

const BASE = 'http://127.0.0.1:18091';

let redis: RedisServer;
let server: TestServer;
let token: string;

/** Where the recorded session began. */
async function seed(): Promise<void> {
  const post = async (path: string, body: object): Promise<void> => {
    const answer = await server.send('POST', `${path}?upsert=true`, { token, body });
    expect([answer.status, answer.text.slice(0, 200)]).toEqual([200, expect.any(String)]);
  };
  const login = { username: 'gituser', password: 'gitpass' };
  await post('/api/v1/repositories', { repo: `${BASE}/git/apps.git`, type: 'git', name: 'apps' });
  await post('/api/v1/repositories', { repo: `${BASE}/helm`, type: 'helm', name: 'charts' });
  await post('/api/v1/repositories', {
    repo: `${BASE}/private/private.git`,
    type: 'git',
    insecure: true,
    ...login,
  });
  await post('/api/v1/repositories', { repo: `${BASE}/git/apps.git`, type: 'git', project: 'filed' });
  await post('/api/v1/repositories', {
    ...{ repo: 'oci://127.0.0.1:15000/charts/chart', type: 'oci', name: 'ocirepo' },
    insecureOCIForceHttp: true,
  });
  await post('/api/v1/repocreds', { url: 'ssh://git@ssh.example.com/', sshPrivateKey: 'k' });
  await post('/api/v1/gpgkeys', readExchange(150).requestBody as object);
  server.repoServer.charts.push({ name: 'chart', versions: ['0.1.0'] });
  Object.assign(server.repoServer.details, DETAILS);
}

/** What the recorded session had at a point besides what its own calls made. */
const BEFORE: Readonly<Record<number, () => unknown>> = {
  126: () =>
    post('/api/v1/write-repositories', { repo: `${BASE}/private/private.git`, type: 'git', ...gituser }),
  127: () => server.send('DELETE', `/api/v1/write-repositories/${PRIVATE}`, { token }),
  132: async () => {
    await post('/api/v1/repocreds', { url: `${BASE}/private`, ...gituser });
    await post('/api/v1/repocreds', { url: 'https://rest.example.com/x', username: 'u', password: 'p' });
  },
  133: () => server.send('DELETE', '/api/v1/repocreds/https%3A%2F%2Frest.example.com%2Fx', { token }),
  139: () => server.send('DELETE', `/api/v1/write-repositories/${PRIVATE}`, { token }),
  143: () => post('/api/v1/certificates', readExchange(143).requestBody as object),
  153: () =>
    server.send('POST', '/api/v1/clusters/in-cluster/invalidate-cache?id.type=name', { token, body: {} }),
};

const gituser = { username: 'gituser', password: 'gitpass' };
const PRIVATE = encodeURIComponent(`${BASE}/private/private.git`);
const post = (path: string, body: object) => server.send('POST', path, { token, body });

describe.runIf(recordingsPresent())('recorded REST calls about what is declared', () => {
  beforeAll(async () => {
    redis = await startRedis();
    server = await TestServer.start({ redis });
    server.repoServer.reach = served;
    token = await server.login();
  });
  afterAll(async () => {
    await server.stop();
    await redis.stop();
  });

  it('start where the recorded session did', seed);

  it.each(REPLAYED.declarations.map((number) => [number, KNOWN[number] ?? 'as recorded'] as const))(
    '%d: %s',
    async (number) => {
      await BEFORE[number]?.();
      const { verb, path, requestBody, status, body } = readExchange(number);
      const answer = await server.send(verb, path, {
        token,
        ...(requestBody === undefined || verb === 'GET' ? {} : { body: requestBody }),
      });
      expect([number, answer.status, answer.text.slice(0, 300)]).toEqual([
        number,
        OTHER_STATUS[number] ?? status,
        expect.any(String),
      ]);
      expect(answer.text).not.toContain('gitpass');
      if (KNOWN[number] !== undefined) return;
      const found = differences(
        timeless(body ?? null),
        timeless(JSON.parse(answer.text || 'null') as JsonValue),
      );
      expect(found.join('\n')).toBe('');
    },
  );
});
