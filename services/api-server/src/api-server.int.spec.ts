import { describe, expect, it } from 'vitest';
import { systemClock } from '@tiphys/runtime/clock';
import { signToken } from './auth/token.ts';
import { TestServer } from './testing/server.ts';
import { ApiStage, v1 } from './testing/api-stage.ts';

const stage = new ApiStage();

describe('a new installation', () => {
  it('gets its secrets once, however many replicas start together', async () => {
    const namespace = await stage.server.kube.createNamespace('api');
    const replicas = await Promise.all(
      [1, 2, 3].map(() => TestServer.start({ redis: stage.redis, namespace })),
    );
    try {
      const tokens = await Promise.all(replicas.map((replica) => replica.login()));
      for (const replica of replicas) {
        for (const each of tokens) {
          expect((await replica.send('GET', '/api/v1/session/userinfo', { token: each })).json).toMatchObject(
            { username: 'admin' },
          );
        }
      }
    } finally {
      for (const replica of replicas) await replica.stop();
      await namespace.remove();
    }
  });

  it('gets the project default', async () => {
    const { json } = await stage.get('/api/v1/projects/default');
    expect(json).toMatchObject({
      spec: { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] },
      status: {},
    });
  });

  it('is healthy and tells strangers no more than its version', async () => {
    expect((await stage.server.send('GET', '/healthz')).text).toBe('ok\n');
    expect((await stage.server.send('GET', '/api/version')).json).toEqual({ Version: 'v3.5.1' });
    expect(Object.keys((await stage.get('/api/version')).json).length).toBeGreaterThan(1);
    expect((await stage.server.send('GET', '/api/v1/settings')).json).not.toHaveProperty('passwordPattern');
    expect((await stage.get('/api/v1/settings')).json).toHaveProperty('passwordPattern');
  });
});

describe('sessions', () => {
  it.each([
    [{ username: 'admin', password: 'wrong' }, 'Invalid username or password'],
    [{ username: 'nobody', password: 'x' }, 'Invalid username or password'],
    [{}, 'no credentials supplied'],
  ])('refuse %j', async (body, message) => {
    const { status, json } = await stage.server.send('POST', '/api/v1/session', { body });
    expect([status, json['message']]).toEqual([401, message]);
  });

  it('set a cookie that serves as the token', async () => {
    const { headers } = await stage.server.send('POST', '/api/v1/session', {
      body: { username: 'admin', password: await stage.server.password() },
    });
    const cookie = headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^argocd\.token=[^;]+; path=\/; SameSite=lax; httpOnly$/);
    const answer = await stage.server.send('GET', '/api/v1/session/userinfo', {
      headers: { cookie: cookie.split(';')[0] ?? '' },
    });
    expect(answer.json).toEqual({ loggedIn: true, username: 'admin', iss: 'argocd' });
  });

  it('end with the logout, in every replica and after a restart', async () => {
    const second = await TestServer.start({ redis: stage.redis, namespace: stage.server.namespace });
    try {
      const session = await stage.server.login();
      expect((await second.send('GET', v1, { token: session })).status).toBe(200);
      const logout = await stage.server.send('POST', '/auth/logout', {
        headers: { cookie: `argocd.token=${session}` },
      });
      expect([logout.status, logout.headers.get('set-cookie')]).toEqual([303, 'argocd.token=; Path=/']);
      await expect
        .poll(async () => (await second.send('GET', v1, { token: session })).text)
        .toContain('token is revoked');
      const third = await TestServer.start({ redis: stage.redis, namespace: stage.server.namespace });
      expect((await third.send('GET', v1, { token: session })).status).toBe(401);
      await third.stop();
    } finally {
      await second.stop();
    }
  });

  it('never treat a bad token as no token', async () => {
    const { status, json } = await stage.server.send('GET', v1, { token: 'a.b.c' });
    expect(status).toBe(401);
    expect(json['message']).toMatch(/^invalid session: token is malformed/);
    const forged = signToken({ iss: 'argocd', sub: 'admin:login', iat: 1, nbf: 1, jti: 'x' }, 'not the key');
    expect((await stage.server.send('GET', v1, { token: forged })).json['message']).toBe(
      'invalid session: token signature is invalid: signature is invalid',
    );
    expect((await stage.server.send('GET', v1)).json['message']).toBe('no session information');
  });

  it('are renewed shortly before they end', async () => {
    const started = systemClock.now();
    let ahead = 0;
    const clock = { now: () => systemClock.now() + ahead, sleep: (ms: number) => systemClock.sleep(ms) };
    const early = await TestServer.start({ redis: stage.redis, namespace: stage.server.namespace, clock });
    const session = await early.login();
    expect((await early.send('GET', v1, { token: session })).headers.get('set-cookie')).toBeNull();
    ahead = 86_400_000 - 60_000 - (systemClock.now() - started);
    const renewed = (await early.send('GET', v1, { token: session })).headers.get('set-cookie') ?? '';
    ahead += 120_000;
    expect((await early.send('GET', v1, { token: session })).json['message']).toBe(
      'invalid session: token has invalid claims: token is expired',
    );
    expect((await early.send('GET', v1, { headers: { cookie: renewed.split(';')[0] ?? '' } })).status).toBe(
      200,
    );
    await early.stop();
  });

  it('lock after five failures, in all replicas together, even for the right password', async () => {
    const namespace = await stage.server.kube.createNamespace('api');
    const [one, two] = await Promise.all([
      TestServer.start({ redis: stage.redis, namespace }),
      TestServer.start({ redis: stage.redis, namespace }),
    ]);
    const login = (replica: TestServer, password: string): ReturnType<TestServer['send']> =>
      replica.send('POST', '/api/v1/session', { body: { username: 'admin', password } });
    await Promise.all([one, two, one, two, one].map((replica, index) => login(replica, `guess-${index}`)));
    const answers = await Promise.all(
      [one, two].map(async (replica) => login(replica, await one.password())),
    );
    expect(answers.map(({ status, json }) => [status, json['message']])).toEqual(
      Array(2).fill([401, 'Invalid username or password']),
    );
    await one.stop();
    await two.stop();
    await namespace.remove();
  });
});

describe('streams', () => {
  const open = async (path: string): Promise<{ next(): Promise<Record<string, unknown>>; close(): void }> => {
    const gone = new AbortController();
    const response = await fetch(`http://127.0.0.1:${stage.server.port}${path}`, {
      headers: { authorization: `Bearer ${stage.token}` },
      signal: gone.signal,
    });
    const lines = (async function* () {
      let rest = '';
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        rest += Buffer.from(chunk).toString('utf8');
        for (let at = rest.indexOf('\n'); at >= 0; at = rest.indexOf('\n')) {
          yield JSON.parse(rest.slice(0, at)) as { result: Record<string, unknown> };
          rest = rest.slice(at + 1);
        }
      }
    })();
    return { next: async () => (await lines.next()).value?.result ?? {}, close: () => gone.abort() };
  };

  it('begin with what is there and tell every change once', async () => {
    await stage.create('watched');
    const stream = await open('/api/v1/stream/applications?name=watched');
    expect(await stream.next()).toMatchObject({
      type: 'ADDED',
      application: { metadata: { name: 'watched' } },
    });
    await stage.server.patchApp('watched', { metadata: { labels: { a: 'b' } } });
    expect(await stream.next()).toMatchObject({
      type: 'MODIFIED',
      application: { metadata: { labels: { a: 'b' } } },
    });
    await stage.server.send('DELETE', `${v1}/watched?cascade=false`, { token: stage.token });
    expect(await stream.next()).toMatchObject({
      type: 'DELETED',
      application: { metadata: { name: 'watched' } },
    });
    stream.close();
  });

  it('send a tree when the controller says that it changed', async () => {
    await stage.create('grown');
    const opening = open('/api/v1/stream/applications/grown/resource-tree');
    await stage.server.cache.set(
      'app|resources-tree|grown',
      JSON.stringify({ nodes: [{ kind: 'Pod', name: 'p' }] }),
      60_000,
    );
    let told = false;
    const telling = (async () => {
      while (!told) {
        await stage.server.pubSub.publish('app|managed-resources|grown', '');
        await systemClock.sleep(50);
      }
    })();
    const stream = await opening;
    expect(await stream.next()).toMatchObject({ nodes: [{ kind: 'Pod', name: 'p' }] });
    told = true;
    await telling;
    stream.close();
  });

  it('are refused for what the caller may not see', async () => {
    expect((await stage.get('/api/v1/stream/applications/nosuch/resource-tree')).status).toBe(403);
    expect((await stage.server.send('GET', '/api/v1/stream/applications')).status).toBe(401);
  });
});
