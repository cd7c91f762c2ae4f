import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { secretData } from '../settings/server-settings.ts';
import { TestServer } from '../testing/server.ts';

let redis: RedisServer;
let server: TestServer;
let token: string;

beforeAll(async () => {
  redis = await startRedis();
  server = await TestServer.start({ redis });
  token = await server.login();
});

afterAll(async () => {
  await server.stop();
  await redis.stop();
});

interface Secret {
  readonly metadata: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

const secret = (name: string): Promise<Secret | undefined> =>
  server.kube.find<Secret>({ apiVersion: 'v1', kind: 'Secret', name, namespace: server.namespace.name });

const dataOf = async (name: string): Promise<Readonly<Record<string, string>>> =>
  secretData((await secret(name)) as Parameters<typeof secretData>[0]);

const REPO = 'http://127.0.0.1:18091/git/apps.git';
const send = (method: string, path: string, body?: unknown) =>
  server.send(method, path, { token, ...(body === undefined ? {} : { body }) });

describe('the secret of a repository', () => {
  it('has the name, marks and keys that the recorded server gave it, and what is emptied stays a key', async () => {
    await send('POST', '/api/v1/repositories', {
      repo: REPO,
      type: 'git',
      name: 'apps',
      username: 'u',
      enableLfs: true,
    });
    expect((await secret('repo-4134093027'))?.metadata).toMatchObject({
      labels: { 'argocd.argoproj.io/secret-type': 'repository' },
      annotations: { 'managed-by': 'argocd.argoproj.io' },
    });
    const before = { name: 'apps', type: 'git', url: REPO, username: 'u', enableLfs: 'true' };
    expect(await dataOf('repo-4134093027')).toEqual(before);
    await send('PUT', `/api/v1/repositories/${encodeURIComponent(REPO)}`, {
      repo: REPO,
      type: 'git',
      depth: 3,
    });
    expect(await dataOf('repo-4134093027')).toEqual({
      ...before,
      name: '',
      username: '',
      enableLfs: 'false',
      depth: '3',
    });
    await send('DELETE', `/api/v1/repositories/${encodeURIComponent(REPO)}`);
    expect(await secret('repo-4134093027')).toBeUndefined();
  });

  it('that somebody else made loses its label and nothing else', async () => {
    const repo = 'https://git.example.com/declared.git';
    await server.kube.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'by-hand',
        namespace: server.namespace.name,
        labels: { 'argocd.argoproj.io/secret-type': 'repository', team: 'web' },
      },
      stringData: { url: repo, note: 'mine' },
    } as Parameters<TestServer['kube']['apply']>[0]);
    const path = `/api/v1/repositories/${encodeURIComponent(repo)}`;
    await vi.waitFor(async () => expect((await send('GET', path)).status).toBe(200), { timeout: 30_000 });
    expect((await send('DELETE', path)).text).toBe('{}');
    expect((await send('GET', path)).status).toBe(403);
    expect((await secret('by-hand'))?.metadata.labels).toEqual({ team: 'web' });
    expect(await dataOf('by-hand')).toEqual({ url: repo, note: 'mine' });
  });
});

describe('the secret of credentials', () => {
  it('spells two of its keys as the recorded server does', async () => {
    const url = 'https://dev.azure.example.com/';
    const azure = { azureServicePrincipalClientId: 'c', azureServicePrincipalTenantId: 't' };
    await send('POST', '/api/v1/repocreds', { url, ...azure });
    const { items } = await server.kube.request<{ items: (Secret & { metadata: { name: string } })[] }>(
      'GET',
      `/api/v1/namespaces/${server.namespace.name}/secrets?labelSelector=argocd.argoproj.io/secret-type=repo-creds`,
    );
    expect(items.map(({ metadata }) => metadata.name)).toEqual([expect.stringMatching(/^creds-\d+$/)]);
    expect(secretData(items[0] as Parameters<typeof secretData>[0])).toEqual({
      url,
      azureServicePrincipalClientID: 'c',
      azureServicePrincipalTenantID: 't',
    });
  });
});
