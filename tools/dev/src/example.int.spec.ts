import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sharedKubeEnv } from '@tiphys/testing/kube-env';
import { poll, privateFolder, type PrivateFolder } from '@tiphys/testing/processes';
import { openCluster } from './cluster.ts';
import { serveExample } from './example.ts';

const run = promisify(execFile);

let folder: PrivateFolder;
beforeEach(async () => {
  folder = await privateFolder('dev');
});
afterEach(() => folder.remove());

describe('the example repository', () => {
  it('can be cloned, takes a push, and tells of it once the commit is there', async () => {
    const repository = await serveExample(join(folder.path, 'git'));
    const seen: string[] = [];
    const tip = async (): Promise<string> =>
      (await run('git', ['ls-remote', repository.url, 'main'])).stdout.slice(0, 40);
    repository.onPush(async () => {
      seen.push(await tip());
    });
    const clone = join(folder.path, 'clone');
    const git = (...args: string[]): ReturnType<typeof run> =>
      run('git', ['-c', 'user.name=me', '-c', 'user.email=me@example.com', ...args], { cwd: clone });
    await run('git', ['clone', '--quiet', '--', repository.url, clone]);
    const file = join(clone, 'guestbook', 'deployment.yaml');
    const deployment = await readFile(file, 'utf8');
    expect(deployment).toContain('replicas: 2');
    await writeFile(file, deployment.replace('replicas: 2', 'replicas: 5'));
    await git('commit', '--quiet', '-am', 'Scale up');
    await git('push', '--quiet');
    await poll(() => seen.length > 0, { what: 'the push is told of' });
    expect(seen).toEqual([await tip()]);
    expect(seen).toEqual([String((await git('rev-parse', 'HEAD')).stdout).trim()]);
    await repository.close();
  });

  it('holds manifests that the cluster takes', async () => {
    const kube = await sharedKubeEnv();
    const namespace = await kube.createNamespace('example');
    const repository = await serveExample(join(folder.path, 'git'));
    const clone = join(folder.path, 'clone');
    await run('git', ['clone', '--quiet', '--', repository.url, clone]);
    for (const [name, path] of [
      ['deployment', `/apis/apps/v1/namespaces/${namespace.name}/deployments`],
      ['service', `/api/v1/namespaces/${namespace.name}/services`],
      ['config', `/api/v1/namespaces/${namespace.name}/configmaps`],
    ] as const) {
      const yaml = await readFile(join(clone, 'guestbook', `${name}.yaml`), 'utf8');
      await kube.request('POST', `${path}?dryRun=All&fieldValidation=Strict`, yaml, 'application/yaml');
    }
    await repository.close();
    await namespace.remove();
  });
});

describe('openCluster', () => {
  it('uses a given kubeconfig, and leaves that cluster running', async () => {
    const shared = await sharedKubeEnv();
    const cluster = await openCluster(shared.kubeconfigPath, () => undefined);
    expect(cluster.isGiven).toBe(true);
    expect(cluster.kube.apiUrl).toBe(shared.apiUrl);
    expect((await cluster.kube.send({ method: 'GET', path: '/api/v1/secrets' })).status).toBe(200);
    await cluster.close();
    expect((await shared.send({ method: 'GET', path: '/readyz' })).status).toBe(200);
  });

  it('says what is wrong with one that leads nowhere', async () => {
    const broken = join(folder.path, 'kubeconfig');
    await writeFile(broken, 'apiVersion: v1\nkind: Config\nclusters: []\n');
    await expect(openCluster(broken, () => undefined)).rejects.toThrow(/no current context/);
  });
});
