import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadKubeconfig, makeKubeApi } from '@tiphys/adapter-kube';
import type { KubeApi } from '@tiphys/ports';
import { createLogger } from '@tiphys/runtime/logging';
import { sharedKubeEnv } from '@tiphys/testing/kube-env';
import { startTcpProxy } from '@tiphys/testing/tcp-proxy';
import { systemClock } from '../clock/index.ts';
import { LeaseSet, type LeaseSetOptions } from './lease-set.ts';

const RENEW_MS = 100;
const DURATION_MS = 1_000;
const DEADLINE = { timeout: 30_000, interval: 20 };

interface Process {
  readonly leases: LeaseSet;
  readonly told: string[];
  /** What `drain` waits for. */
  work: Promise<void>;
  /** Shifts its clock. */
  skewMs: number;
  /** Cuts it off from the API server. */
  cut: () => Promise<void>;
}

const running: LeaseSet[] = [];
let kubeconfigPath = '';
let apiUrl = '';
let namespace = '';
let serial = 0;

beforeAll(async () => {
  ({ kubeconfigPath, apiUrl } = await sharedKubeEnv());
  const api = await connect();
  namespace = `leases-${Math.random().toString(36).slice(2)}`;
  const resource = {
    group: '',
    version: 'v1',
    kind: 'Namespace',
    resource: 'namespaces',
    namespaced: false,
    verbs: [],
  };
  await api.create(resource, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await api.close();
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((leases) => leases.stop()));
});

async function connect(port?: number): Promise<KubeApi> {
  const { connection } = await loadKubeconfig({ clock: systemClock, path: kubeconfigPath });
  const server = port === undefined ? connection.server : `https://127.0.0.1:${port}`;
  return makeKubeApi({ ...connection, server }, { clock: systemClock });
}

async function start(identity: string, options: Partial<LeaseSetOptions> = {}): Promise<Process> {
  const api = await connect();
  const told: string[] = [];
  const process: Process = {
    leases: new LeaseSet({
      api,
      namespace,
      identity,
      clock: { ...systemClock, now: () => systemClock.now() + process.skewMs },
      logger: createLogger({ service: 'test', level: 'error' }),
      durationMs: DURATION_MS,
      renewMs: RENEW_MS,
      onChange: (name, news) => void told.push(`${news} ${name}`),
      drain: () => process.work,
      ...options,
    }),
    told,
    work: Promise.resolve(),
    skewMs: 0,
    cut: () => api.close(),
  };
  running.push(process.leases);
  return process;
}

const newName = (): string => `tiphys-test-${(serial += 1)}`;

describe('leases', () => {
  it('have one holder, whoever wants them', async () => {
    const name = newName();
    const processes = await Promise.all(['a', 'b', 'c', 'd'].map((identity) => start(identity)));
    for (const { leases } of processes) leases.want(new Set([name]));
    await expect.poll(() => processes.filter(({ leases }) => leases.holds(name)).length, DEADLINE).toBe(1);
    const until = Date.now() + 2 * DURATION_MS;
    while (Date.now() < until) {
      expect(processes.filter(({ leases }) => leases.holds(name)).length).toBe(1);
      await systemClock.sleep(RENEW_MS / 4);
    }
  });

  it('move when they are given back, after the work under them has ended', async () => {
    const name = newName();
    const [a, b] = [await start('a'), await start('b')];
    a.leases.want(new Set([name]));
    await expect.poll(() => a.leases.holds(name), DEADLINE).toBe(true);
    b.leases.want(new Set([name]));
    let endWork = (): void => undefined;
    a.work = new Promise((resolve) => (endWork = resolve));
    a.leases.want(new Set());
    await expect.poll(() => a.told, DEADLINE).toEqual([`held ${name}`, `lost ${name}`]);
    expect(b.leases.holds(name)).toBe(false);
    // However long that takes.
    const until = Date.now() + 2 * DURATION_MS;
    while (Date.now() < until) {
      expect(a.leases.holds(name) || b.leases.holds(name)).toBe(false);
      await systemClock.sleep(RENEW_MS);
    }
    endWork();
    await expect.poll(() => b.leases.holds(name), DEADLINE).toBe(true);
    expect(a.leases.holds(name)).toBe(false);
  });

  it('are taken from a process that is cut off, which has stopped by then, though its clock is wrong', async () => {
    const name = newName();
    const [a, b] = [await start('a'), await start('b')];
    a.skewMs = -3_600_000;
    a.leases.want(new Set([name]));
    await expect.poll(() => a.leases.holds(name), DEADLINE).toBe(true);
    b.leases.want(new Set([name]));
    await a.cut();
    let both = 0;
    await expect
      .poll(() => {
        if (a.leases.holds(name) && b.leases.holds(name)) both += 1;
        return b.leases.holds(name);
      }, DEADLINE)
      .toBe(true);
    expect(both).toBe(0);
    expect(a.leases.holds(name)).toBe(false);
  });

  it('come back at once to a process that takes the place of one that crashed', async () => {
    const name = newName();
    const crashed = await start('pod-0');
    crashed.leases.want(new Set([name]));
    await expect.poll(() => crashed.leases.holds(name), DEADLINE).toBe(true);
    await crashed.cut();
    const next = await start('pod-0');
    const before = Date.now();
    next.leases.want(new Set([name]));
    await expect.poll(() => next.leases.holds(name), DEADLINE).toBe(true);
    expect(Date.now() - before).toBeLessThan(DURATION_MS);
  });

  it('that nobody else took are held anew when the API server is back, in a new term', async () => {
    const name = newName();
    const link = await startTcpProxy(Number(new URL(apiUrl).port));
    const a = await start('a', { api: await connect(link.port), durationMs: 1_500 });
    a.leases.want(new Set([name]));
    await expect.poll(() => a.leases.holds(name), DEADLINE).toBe(true);
    const term = a.leases.termOf(name);
    link.cut();
    await expect.poll(() => a.told, DEADLINE).toEqual([`held ${name}`, `paused ${name}`]);
    expect([a.leases.holds(name), a.leases.keeps(name)]).toEqual([false, true]);
    link.heal();
    await expect.poll(() => a.leases.holds(name), DEADLINE).toBe(true);
    expect(a.told.at(-1)).toBe(`held ${name}`);
    expect(a.leases.termOf(name)).toBeGreaterThan(term);
    await a.leases.stop();
    await link.close();
  });

  it('of a process that died are taken one duration after its last sign of life', async () => {
    const [name, labels] = [newName(), { 'tiphys.dev/test': newName() }];
    const shared = { isShared: true, labels, durationMs: 3_000, renewMs: 200 };
    const [a, b] = [await start('a', shared), await start('b', shared)];
    a.leases.want(new Set([name]));
    b.leases.want(new Set([newName()]));
    await expect.poll(() => b.leases.isRecent(name), DEADLINE).toBe(true);
    await a.cut();
    const before = Date.now();
    await expect.poll(() => b.leases.isRecent(name), DEADLINE).toBe(false);
    b.leases.want(new Set([name]));
    await expect.poll(() => b.leases.holds(name), DEADLINE).toBe(true);
    expect(Date.now() - before).toBeLessThan(2 * 3_000);
  });
});
