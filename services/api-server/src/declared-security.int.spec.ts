import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TiphysError } from '@tiphys/model';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { TestServer } from './testing/server.ts';
import type { Answer } from './testing/server.ts';

/** Stands for everything that logs in; it may be found nowhere but in the secrets of the cluster. */
const CANARY = 'c4n4ry-n0b0dy-m4y-s33';
const GIT = 'https://git.example.com/shop.git';
const WAIT = { timeout: 30_000 };

let redis: RedisServer;
let server: TestServer;
let admin: string;
let ann: string;
const log: string[] = [];
const replies: string[] = [];

async function send(method: string, path: string, body?: unknown, token = admin): Promise<Answer> {
  const answer = await server.send(method, path, { token, ...(body === undefined ? {} : { body }) });
  replies.push(answer.text);
  return answer;
}

const repositoryPath = (url: string, rest = ''): string =>
  `/api/v1/repositories/${encodeURIComponent(url)}${rest}`;

/** `ann` may do all to the repositories and clusters of the project `hers`. */
const POLICY = ['repositories', 'clusters', 'applications']
  .map((resource) => `p, ann, ${resource}, *, hers/*, allow`)
  .join('\n');

async function login(name: string): Promise<string> {
  const body = { name, currentPassword: await server.password(), newPassword: `${name}-password` };
  await vi.waitFor(async () => {
    expect((await send('PUT', '/api/v1/account/password', body)).status).toBe(200);
  }, WAIT);
  const session = { username: name, password: `${name}-password` };
  return String((await server.send('POST', '/api/v1/session', { body: session })).json['token']);
}

beforeAll(async () => {
  redis = await startRedis();
  server = await TestServer.start({ redis, log });
  admin = await server.login();
  await server.configure('argocd-cm', { 'accounts.ann': 'login' });
  await server.configure('argocd-rbac-cm', { 'policy.csv': POLICY });
  ann = await login('ann');
  for (const project of ['', 'hers', 'theirs']) {
    const body = { repo: GIT, type: 'git', username: 'ci', password: CANARY, project };
    expect((await send('POST', '/api/v1/repositories', body)).status).toBe(200);
  }
  await vi.waitFor(async () => {
    expect((await send('GET', repositoryPath(GIT), undefined, ann)).status).toBe(200);
  }, WAIT);
});

afterAll(async () => {
  await server.stop();
  await redis.stop();
});

describe('a login', () => {
  it('is in no reply, no log line and not in Redis, whatever is done with it (A27, A39, F6)', async () => {
    server.repoServer.reach = () => {
      throw new TiphysError('unauthenticated', `cannot read https://ci:${CANARY}@git.example.com/shop.git`);
    };
    const secret = { username: 'ci', password: CANARY, sshPrivateKey: CANARY, bearerToken: CANARY };
    const cluster = {
      server: server.kube.apiUrl,
      name: 'c',
      config: { bearerToken: CANARY, password: CANARY },
    };
    await send('POST', '/api/v1/repositories?upsert=true', { repo: GIT, ...secret });
    server.repoServer.reach = () => undefined;
    await send('POST', '/api/v1/repositories?upsert=true', {
      repo: GIT,
      ...secret,
      proxy: `http://u:${CANARY}@proxy:1`,
    });
    await send('PUT', repositoryPath(GIT), { repo: GIT, ...secret });
    await send('POST', '/api/v1/repocreds', { url: 'https://git.example.com/', ...secret });
    await send('POST', '/api/v1/repocreds', {
      url: 'https://git.example.com/',
      ...secret,
      password: `${CANARY}2`,
    });
    await send('POST', '/api/v1/clusters', cluster);
    for (const path of [
      'repositories',
      'repocreds',
      'write-repositories',
      'write-repocreds',
      'clusters',
      'settings',
    ]) {
      await send('GET', `/api/v1/${path}?forceRefresh=true`);
    }
    await send('GET', repositoryPath(GIT));
    expect(replies.filter((text) => text.includes(CANARY))).toEqual([]);
    expect(log.filter((line) => line.includes(CANARY))).toEqual([]);
    const state = await server.cache.get(`repo|${GIT}||connection-state`);
    expect(state ?? '').not.toContain(CANARY);
  });

  it('is not in the refusal of labels that the cluster does not take (A8)', async () => {
    const { caPem, certPem = '', keyPem = '' } = server.kube.connection;
    const [caData, certData, keyData] = [caPem, certPem, keyPem].map((pem) =>
      Buffer.from(pem).toString('base64'),
    );
    const config = { password: CANARY, tlsClientConfig: { caData, certData, keyData } };
    const labels = { 'not a label': 'x' };
    const refused = await send('POST', '/api/v1/clusters', {
      server: server.kube.apiUrl,
      name: 'c',
      config,
      labels,
    });
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('labels');
    expect(refused.text).not.toContain(CANARY);
    expect(refused.text).not.toContain(Buffer.from(CANARY).toString('base64').slice(0, 12));
  });

  it('is not in what kubectl noted of the secret of a cluster (A30)', async () => {
    const name = 'applied-cluster';
    const data = {
      server: 'https://applied.example.com',
      name: 'applied',
      config: `{"bearerToken":"${CANARY}"}`,
    };
    await server.kube.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name,
        namespace: server.namespace.name,
        labels: { 'argocd.argoproj.io/secret-type': 'cluster' },
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(data) },
      },
      stringData: data,
    } as Parameters<TestServer['kube']['apply']>[0]);
    await vi.waitFor(async () => {
      const { text, status } = await send('GET', '/api/v1/clusters/applied?id.type=name');
      expect(status).toBe(200);
      expect(text).not.toContain('last-applied');
      expect(text).not.toContain(CANARY);
    }, WAIT);
    const set = await send('PUT', '/api/v1/clusters/applied?id.type=name&updatedFields=annotations', {
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'x' },
    });
    expect(set.status).toBe(400);
  });
});

describe('another tenant', () => {
  it('sees the repositories of its own project only, and not that there are others (A23)', async () => {
    const { json } = await send('GET', '/api/v1/repositories', undefined, ann);
    expect((json['items'] as readonly { project: string }[]).map(({ project }) => project)).toEqual(['hers']);
    const answers = await Promise.all(
      [`${GIT}x`, 'https://absent.example.com/x.git'].map((url) =>
        send('GET', repositoryPath(url), undefined, ann),
      ),
    );
    const foreign = { repo: 'https://git.example.com/secret.git', type: 'git', project: 'theirs' };
    await send('POST', '/api/v1/repositories', foreign);
    answers.push(await send('GET', repositoryPath(foreign.repo), undefined, ann));
    answers.push(await send('DELETE', repositoryPath(foreign.repo), undefined, ann));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(
      new Set(['403 {"error":"permission denied","code":7,"message":"permission denied"}']),
    );
  });

  it('does not take a repository out of its project, nor put one into another (A26)', async () => {
    const moved = { repo: GIT, type: 'git', project: 'theirs', username: 'evil' };
    expect((await send('PUT', repositoryPath(GIT), moved, ann)).status).not.toBe(200);
    expect((await send('POST', '/api/v1/repositories?upsert=true', moved, ann)).status).toBe(403);
    expect(
      (await send('DELETE', `${repositoryPath(GIT)}?appProject=theirs`, undefined, ann)).status,
    ).not.toBe(200);
    const left = await send('GET', '/api/v1/repositories');
    expect((left.json['items'] as readonly unknown[]).length).toBeGreaterThanOrEqual(3);
  });

  it('does not change one cluster by the right to another (A26)', async () => {
    const body = { server: 'https://mine.example.com', name: 'mine', project: 'hers' };
    const path = `/api/v1/clusters/${encodeURIComponent('https://kubernetes.default.svc')}`;
    expect((await send('PUT', path, body, ann)).status).toBe(403);
    expect((await send('POST', `${path}/invalidate-cache`, {}, ann)).status).toBe(403);
    expect((await send('DELETE', path, undefined, ann)).status).toBe(403);
    expect((await send('GET', '/api/v1/clusters', undefined, ann)).text).toBe('{"metadata":{},"items":null}');
  });

  it('looks into no repository that its project does not permit (A14)', async () => {
    const asked = {
      source: { repoURL: GIT, path: 'web', targetRevision: 'main' },
      appProject: 'hers',
      appName: 'x',
    };
    const before = server.repoServer.looked.length;
    for (const appProject of ['hers', 'default']) {
      const { status } = await send(
        'POST',
        repositoryPath(GIT, '/appdetails'),
        { ...asked, appProject },
        ann,
      );
      expect([403, 404]).toContain(status);
    }
    expect(server.repoServer.looked.length).toBe(before);
  });
});

describe('bad input', () => {
  it.each([
    ['repositories', { repo: 'file:///etc' }],
    ['repositories', { repo: 'ext::sh -c id' }],
    ['repositories', { repo: 'http://169.254.169.254/latest' }],
    ['repositories', { repo: `https://u:${CANARY}@git.example.com/x.git` }],
    ['repocreds', { url: 'file:///etc' }],
    ['clusters', { server: 'http://169.254.169.254', name: 'x' }],
    ['clusters', { server: 'file:///etc', name: 'x' }],
    ['clusters', { server: `https://u:${CANARY}@k.example.com`, name: 'x' }],
  ])('is refused before anything is asked of it: %s %j (G1, G4, A27)', async (kind, body) => {
    const before = server.repoServer.tested.length;
    const { status, text } = await send('POST', `/api/v1/${kind}`, body);
    expect(status).toBe(400);
    expect(text).not.toContain(CANARY);
    expect(server.repoServer.tested.length).toBe(before);
  });

  it('runs no program that a cluster names (F2, A46)', async () => {
    const config = { execProviderConfig: { command: '/bin/sh', args: ['-c', 'id'] } };
    const { status, text } = await send('POST', '/api/v1/clusters', {
      server: 'https://k.example.com',
      name: 'x',
      config,
    });
    expect(status).toBe(403);
    expect(text).toMatch(/allow|plugin/i);
  });

  it.each(['../../etc/cron.d/x', 'a/b', '..', 'x y', ''])(
    'names no file for a certificate: %j (F8)',
    async (serverName) => {
      const item = { serverName, certType: 'https', certData: Buffer.from('x').toString('base64') };
      const { status } = await send('POST', '/api/v1/certificates', { items: [item] });
      expect(status).toBe(500);
    },
  );

  it('adds no line to the known hosts but the one that it says', async () => {
    const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIBfoSqCZESrxbwIbQ6xIQbt8XUcSDhIZVxSQt9pHjg+g';
    const evil = `a.example.com ssh-ed25519 ${key}\nb.example.com`;
    const item = {
      serverName: evil,
      certType: 'ssh',
      certSubType: 'ssh-ed25519',
      certData: Buffer.from(key).toString('base64'),
    };
    expect((await send('POST', '/api/v1/certificates', { items: [item] })).status).toBe(500);
  });

  it('does not reach the prototypes of objects', async () => {
    const body =
      '{"repo":"https://git.example.com/proto.git","__proto__":{"type":"helm"},"constructor":{"x":1}}';
    expect((await send('POST', '/api/v1/repositories', body)).status).toBe(200);
    expect(({} as Record<string, unknown>)['type']).toBeUndefined();
  });
});

describe('many at once', () => {
  it('declare, change and remove one repository without an end of the server (A40)', async () => {
    const repo = 'https://git.example.com/busy.git';
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        index % 3 === 2
          ? send('DELETE', repositoryPath(repo))
          : send('POST', '/api/v1/repositories?upsert=true', {
              repo,
              type: 'git',
              username: `u${index % 5}`,
              password: 'p',
            }),
      ),
    );
    for (const { status } of answers) expect([200, 403, 404, 409]).toContain(status);
    expect((await send('GET', '/api/v1/repositories')).status).toBe(200);
  });
});
