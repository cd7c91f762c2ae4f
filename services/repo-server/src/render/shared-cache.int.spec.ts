import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGitServer, type GitServer } from '@tiphys/testing/git-server';
import { startRedis, type RedisServer } from '@tiphys/testing/redis';
import { resolveTool } from '@tiphys/toolchain';
import { renderRequest, startRepoServer, type RunningRepoServer } from '../testing/running.ts';

let git: GitServer;
let redis: RedisServer;
let folder: string;
const running: RunningRepoServer[] = [];

beforeAll(async () => {
  [git, redis] = await Promise.all([startGitServer(), startRedis()]);
  folder = await mkdtemp(join(tmpdir(), 'tiphys-shared-'));
  await writeFile(join(folder, 'key'), 'k'.repeat(64));
});

afterAll(async () => {
  for (const server of running) await server.close();
  await Promise.all([git.close(), redis.stop()]);
  await rm(folder, { recursive: true, force: true });
});

async function replica(): Promise<RunningRepoServer> {
  const server = await startRepoServer([
    `--redis=${redis.url}`,
    `--cache-key-file=${join(folder, 'key')}`,
    `--kustomize=${await resolveTool('kustomize')}`,
  ]);
  running.push(server);
  return server;
}

const metric = async (server: RunningRepoServer, name: string): Promise<number> => {
  const text = await (await fetch(`${server.metricsUrl}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN);
};
const renders = (server: RunningRepoServer): Promise<number> =>
  metric(server, 'argocd_repo_parallelism_wait_duration_seconds_count');

describe('two replicas', () => {
  it('render once between them, and go on without Redis', async () => {
    await git.createRepo('shared', {
      'kustomization.yaml': 'resources: [a.yaml]\n',
      'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {big: "ü"}\n',
    });
    const [first, second] = [await replica(), await replica()];
    const request = renderRequest(git.url('shared'));
    const a = await first.client.render(request);
    const b = await second.client.render(request);
    expect(b).toEqual(a);
    expect([await renders(first), await renders(second)]).toEqual([1, 0]);
    await redis.kill();
    const hard = await second.client.render({ ...request, noCache: true });
    expect(hard.contentHash).toBe(a.contentHash);
    expect(await renders(second)).toBe(1);
  });
});
