import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Application, KubeObject } from '@tiphys/model';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { TestServer, appNamed } from '../testing/server.ts';

const SECRETS = {
  'webhook.github.secret': 'canary-github',
  'webhook.gitlab.secret': '$canary.of.gitlab',
  'canary.of.gitlab': 'canary-gitlab',
};
const REFRESH = 'argocd.argoproj.io/refresh';

let redis: RedisServer;
let server: TestServer;
let token: string;
const log: string[] = [];

const html = (repository: string): string => `https://git.example.com/${repository}`;
const pushOf = (repository: string, more: object = {}): object => ({
  ref: 'refs/heads/main',
  repository: { html_url: html(repository), default_branch: 'main' },
  commits: [{ added: [], modified: ['web/a.yaml'], removed: [] }],
  ...more,
});

function github(payload: unknown, key = SECRETS['webhook.github.secret']): Promise<Response> {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return send(
    {
      'x-github-event': 'push',
      'x-hub-signature-256': `sha256=${createHmac('sha256', key).update(body).digest('hex')}`,
    },
    body,
  );
}

const send = (headers: Readonly<Record<string, string>>, body: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${server.port}/api/webhook`, { method: 'POST', headers, body });

async function create(
  name: string,
  source: object,
  annotations: Readonly<Record<string, string>> = {},
): Promise<void> {
  await server.kube.apply({
    ...(appNamed(name, { source }) as unknown as KubeObject),
    metadata: { name, namespace: server.namespace.name, annotations },
  });
  await expect
    .poll(async () => (await server.send('GET', `/api/v1/applications/${name}`, { token })).status, {
      timeout: 30_000,
    })
    .toBe(200);
}

const refreshOf = async (name: string): Promise<string | undefined> =>
  (await server.findApp<Application>(name))?.metadata.annotations?.[REFRESH];

const isAsked = (name: string): Promise<void> =>
  expect.poll(() => refreshOf(name), { timeout: 30_000 }).toBe('normal');

/** What the controller does when it has looked. */
const looked = (name: string): Promise<void> =>
  server.patchApp(name, { metadata: { annotations: { [REFRESH]: null } } });

beforeAll(async () => {
  redis = await startRedis();
  server = await TestServer.start({ redis, log });
  token = await server.login();
  const path = `/api/v1/namespaces/${server.namespace.name}/secrets/argocd-secret`;
  await server.kube.request('PATCH', path, { stringData: SECRETS }, 'application/merge-patch+json');
});

afterAll(async () => {
  await server.stop();
  await redis.stop();
});

describe('a webhook', () => {
  it('that is not signed with the secret changes nothing', async () => {
    await create('signed', { repoURL: `${html('signed')}.git`, path: 'web', targetRevision: 'main' });
    await expect
      .poll(async () => (await github(pushOf('signed'), 'wrong')).status, { timeout: 30_000 })
      .toBe(400);
    await looked('signed');
    const before = (await server.findApp<Application>('signed'))?.metadata.resourceVersion;
    expect((await github(pushOf('signed'), 'wrong')).status).toBe(400);
    expect((await server.findApp<Application>('signed'))?.metadata.resourceVersion).toBe(before);
    expect((await github(pushOf('signed'))).status).toBe(200);
    await isAsked('signed');
  });

  it('may be proven by a secret that another one names', async () => {
    const body = JSON.stringify({ ref: 'refs/heads/main', project: { web_url: html('named') } });
    const headers = { 'x-gitlab-event': 'Push Hook' };
    expect((await send({ ...headers, 'x-gitlab-token': '$canary.of.gitlab' }, body)).status).toBe(400);
    expect((await send({ ...headers, 'x-gitlab-token': 'canary-gitlab' }, body)).status).toBe(200);
  });

  it('asks those only that the change is about', async () => {
    const repoURL = 'git@git.example.com:about/web.git';
    const paths = { 'argocd.argoproj.io/manifest-generate-paths': '.' };
    await create('about-head', { repoURL, path: 'x', targetRevision: 'HEAD' });
    await create('about-paths', { repoURL, path: 'web', targetRevision: 'main' }, paths);
    await create('about-range', { repoURL, path: 'web', targetRevision: '1.x' });
    await create('not-paths', { repoURL, path: 'db', targetRevision: 'main' }, paths);
    await create('not-branch', { repoURL, path: 'web', targetRevision: 'dev' });
    await create('not-repo', { repoURL: html('about/other'), path: 'web', targetRevision: 'main' });
    expect((await github(pushOf('about/web'))).status).toBe(200);
    await isAsked('about-head');
    await isAsked('about-paths');
    expect((await github(pushOf('about/web', { ref: 'refs/tags/v1.4.0' }))).status).toBe(200);
    await isAsked('about-range');
    for (const name of ['not-paths', 'not-branch', 'not-repo']) expect(await refreshOf(name)).toBeUndefined();
  });

  it('that comes while an Application is looked at has it looked at once more', async () => {
    await create('again', { repoURL: html('again'), path: 'web', targetRevision: 'main' });
    await github(pushOf('again'));
    await isAsked('again');
    expect((await github(pushOf('again'))).status).toBe(200);
    await looked('again');
    await isAsked('again');
    await looked('again');
    expect(await refreshOf('again')).toBeUndefined();
  });

  it('may come a thousand times, and costs the API nothing', async () => {
    await create('storm', { repoURL: html('storm'), path: 'web', targetRevision: 'main' });
    const pushes = Array.from({ length: 1_000 }, (_none, index) =>
      github(pushOf('storm'), index % 2 === 0 ? undefined : 'wrong'),
    );
    const begun = performance.now();
    expect((await server.send('GET', '/api/v1/applications/storm', { token })).status).toBe(200);
    expect(performance.now() - begun).toBeLessThan(10_000);
    const answers = (await Promise.all(pushes)).map(({ status }) => status);
    expect(new Set(answers)).toEqual(new Set([200, 400]));
    await isAsked('storm');
  });

  it('is refused where it is garbage, and the server goes on (A41)', async () => {
    const bodies = [
      '',
      'null',
      '[]',
      '{}',
      '[[[]]]',
      '"x"',
      '{"ref":null}',
      '['.repeat(100_000),
      JSON.stringify(pushOf('x', { commits: [null] })),
    ];
    for (const body of bodies) expect((await github(body)).status).toBe(400);
    expect((await server.send('GET', '/api/version')).status).toBe(200);
  });

  it('of no provider is refused, and one that is not sent is as well', async () => {
    const stranger = await send({}, '{}');
    expect([stranger.status, await stranger.text()]).toEqual([400, 'Unknown webhook event\n']);
    const got = await fetch(`http://127.0.0.1:${server.port}/api/webhook`, {
      headers: { 'x-github-event': 'push' },
    });
    expect(got.status).toBe(405);
    expect((await send({ 'x-github-event': 'package' }, '{}')).status).toBe(401);
  });

  it('that is too large is refused before it is read, told or not (A38)', async () => {
    const large = 'x'.repeat(6 * 1024 * 1024);
    const answered = await send({ 'x-github-event': 'push' }, large).then(
      ({ status }) => status,
      () => 413,
    );
    expect(answered).toBe(413);
    expect(await chunked(200 * 1024 * 1024)).toBeLessThan(16 * 1024 * 1024);
    expect((await server.send('GET', '/api/version')).status).toBe(200);
  });

  it('leaves no secret and no payload in the log', () => {
    const text = log.join('\n');
    expect(text).not.toContain('canary');
    expect(text).not.toContain('git.example.com');
  });
});

/** Sends a body of unknown length until the server ends it; how many bytes it took. */
function chunked(most: number): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect(server.port, '127.0.0.1');
    const chunk = Buffer.alloc(64 * 1024, 'x');
    let sent = 0;
    const more = (): void => {
      while (sent < most && socket.writable) {
        sent += chunk.length;
        if (
          !socket.write(`${chunk.length.toString(16)}\r\n`) ||
          !socket.write(chunk) ||
          !socket.write('\r\n')
        ) {
          socket.once('drain', more);
          return;
        }
      }
      socket.end();
    };
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(sent));
    socket.on('data', () => undefined);
    socket.write(
      'POST /api/webhook HTTP/1.1\r\nHost: x\r\nX-GitHub-Event: push\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    more();
  });
}
