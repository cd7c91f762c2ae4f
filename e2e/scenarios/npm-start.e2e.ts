import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KubeClient, startKubeEnv } from '@tiphys/testing/kube-env';
import { poll, privateFolder, type PrivateFolder } from '@tiphys/testing/processes';
import { repositoryRoot } from '@tiphys/testing/system';

interface DevFile {
  readonly pid: number;
  readonly apiUrl: string;
  readonly adminPassword: string;
  readonly kubeconfig: string;
  readonly gitUrl: string;
  readonly namespace: string;
  readonly services: Readonly<Record<string, number>>;
}

/** A killed process that nobody has reaped yet is dead too. */
const isAlive = (pid: number): boolean =>
  existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

describe('npm start', () => {
  let state: PrivateFolder;
  let child: ChildProcess;
  let output = '';
  beforeEach(async () => {
    state = await privateFolder('state');
    output = '';
  });
  afterEach(async () => {
    child.kill('SIGKILL');
    await state.remove();
  });

  const start = async (...args: string[]): Promise<DevFile> => {
    child = spawn(process.execPath, [join(repositoryRoot, 'tools/dev/start.ts'), ...args], {
      cwd: repositoryRoot,
      env: { ...process.env, TIPHYS_STATE_DIR: state.path },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    const file = join(state.path, 'dev.json');
    const isUp = (): boolean => existsSync(file) && output.includes('Ctrl-C');
    await poll(() => isUp() || child.exitCode !== null, { what: 'npm start is up', timeoutMs: 90_000 });
    if (child.exitCode !== null) throw new Error(`npm start ended while starting:\n${output}`);
    return JSON.parse(readFileSync(file, 'utf8')) as DevFile;
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await poll(() => child.exitCode !== null || child.signalCode !== null, { what: 'npm start has ended' });
  };

  it('ends with a Synced Application, answers logins, and leaves nothing behind after Ctrl-C', async () => {
    const dev = await start();
    const login = await fetch(`${dev.apiUrl}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password: dev.adminPassword }),
    });
    const { token } = (await login.json()) as { token: string };
    const answer = await fetch(`${dev.apiUrl}/api/v1/applications/guestbook`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { status } = (await answer.json()) as {
      status: { sync: { status: string }; health: { status: string } };
    };
    expect([status.sync.status, status.health.status]).toEqual(['Synced', 'Healthy']);
    expect(output).toContain(dev.gitUrl);
    await end('SIGINT');
    expect(child.exitCode).toBe(0);
    expect(Object.values(dev.services).filter(isAlive)).toEqual([]);
    expect(existsSync(dev.kubeconfig)).toBe(false);
    expect(existsSync(join(state.path, 'dev.json'))).toBe(false);
  });

  it('leaves nothing behind when it is killed', async () => {
    const dev = await start();
    await end('SIGKILL');
    await poll(() => !existsSync(dev.kubeconfig), { what: 'the cluster is gone' });
    await poll(() => !Object.values(dev.services).some(isAlive), { what: 'every service is gone' });
  });

  it('uses a given cluster and hands it back as it was', async () => {
    const given = await startKubeEnv();
    const dev = await start('--kubeconfig', given.kubeconfigPath, '--namespace', 'tiphys-dev');
    expect(dev).toMatchObject({ kubeconfig: given.kubeconfigPath, namespace: 'tiphys-dev' });
    const workloads = async (): Promise<{ spec: { replicas: number } }[]> => {
      const path = '/apis/apps/v1/namespaces/tiphys-dev/deployments';
      return (
        await new KubeClient(given.connection).request<{ items: { spec: { replicas: number } }[] }>(
          'GET',
          path,
        )
      ).items;
    };
    expect((await workloads()).map(({ spec }) => spec.replicas)).toSatisfy((all: number[]) =>
      all.every((one) => one === 0),
    );
    await end('SIGINT');
    expect(output).not.toContain('! ');
    expect(await workloads()).toEqual([]);
    expect(
      (await given.send({ method: 'GET', path: '/apis/apps/v1/namespaces/guestbook/deployments/guestbook' }))
        .status,
    ).toBe(404);
    await given.stop();
  });
});
