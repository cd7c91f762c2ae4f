import { loadKubeconfig, makeKubeApi } from '@tiphys/adapter-kube';
import type { KubeApi } from '@tiphys/ports';
import { systemClock } from '@tiphys/runtime/clock';
import { startKubeEnv } from '../src/kube-env/index.ts';
import { configMap, configMaps, rssMiB, round, say } from './kube-parts.ts';

const OBJECTS = 5_000;
const NAMESPACE = 'bench';

/** Prints one line a figure: `node libs/testing/bench/kube.ts`. Starts its own etcd and API server. */
async function main(): Promise<void> {
  const env = await startKubeEnv({ controllerManager: false, scheduler: false, kwok: false });
  try {
    const { connection } = await loadKubeconfig({ clock: systemClock, path: env.kubeconfigPath });
    const api = await makeKubeApi(connection, { clock: systemClock });
    await api.raw('POST', '/api/v1/namespaces', { body: { metadata: { name: NAMESPACE } } });
    await createLatency(api);
    await getLatency(api);
    await listTime(api);
    await reflectTime(api);
    await idleCost(api);
    await eventCost(api);
    await api.close();
  } finally {
    await env.stop();
  }
}

async function createLatency(api: KubeApi): Promise<void> {
  const names = Array.from({ length: OBJECTS }, (_, index) => `object-${index}`);
  const start = performance.now();
  const worker = async (): Promise<void> => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      await api.create(configMaps, configMap(NAMESPACE, name));
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  say('create, 8 at once', `${Math.round((OBJECTS * 1000) / (performance.now() - start))}/s`);
}

async function getLatency(api: KubeApi): Promise<void> {
  const times: number[] = [];
  for (let index = 0; index < 1_000; index += 1) {
    const start = performance.now();
    await api.get(configMaps, { name: `object-${index}`, namespace: NAMESPACE });
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  say('GET p50 / p99', `${round(times[500] ?? 0)} / ${round(times[990] ?? 0)} ms`);
}

async function listTime(api: KubeApi): Promise<void> {
  const start = performance.now();
  const { items } = await api.list(configMaps, { namespace: NAMESPACE });
  say(`list ${items.length} in pages`, `${round(performance.now() - start)} ms`);
}

async function reflectTime(api: KubeApi): Promise<void> {
  for (let time = 0; time < 3; time += 1) {
    const before = rssMiB();
    let objects = 0;
    const start = performance.now();
    await new Promise<void>((resolve) => {
      const reflector = api.reflect(configMaps, { namespace: NAMESPACE }, (event) => {
        if (event.type === 'upsert') objects += 1;
        if (event.type === 'synced') resolve(reflector.stop());
      });
    });
    const grown = Math.max(0, rssMiB() - before);
    say(`reflect ${objects}`, `${round(performance.now() - start)} ms, ${grown} MiB more resident`);
  }
}

/** CPU and memory of 80 watches with nothing to tell. */
async function idleCost(api: KubeApi): Promise<void> {
  const before = rssMiB();
  let synced = 0;
  const selector = { namespace: NAMESPACE, labelSelector: 'no=such' };
  const all = new Promise<void>((resolve) => {
    for (let count = 0; count < 80; count += 1) {
      api.reflect(configMaps, selector, (event) => {
        if (event.type === 'synced' && (synced += 1) === 80) resolve();
      });
    }
  });
  await all;
  const cpu = process.cpuUsage();
  await systemClock.sleep(10_000);
  const { user, system } = process.cpuUsage(cpu);
  say(
    '80 idle watches',
    `${round((user + system) / 10_000)} ms CPU a second, ${rssMiB() - before} MiB more resident`,
  );
}

/** How fast changes come back as events, and what an event costs. */
async function eventCost(api: KubeApi): Promise<void> {
  const changes = 3_000;
  const names = Array.from({ length: changes }, (_, index) => `object-${index}`);
  let live = false;
  let seen = 0;
  const write = async (): Promise<void> => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      const body = { data: { changed: 'yes' } };
      await api.patch(configMaps, { name, namespace: NAMESPACE }, { type: 'merge', body });
    }
  };
  const start = performance.now();
  const cpu = process.cpuUsage();
  await new Promise<void>((resolve, reject) => {
    const reflector = api.reflect(configMaps, { namespace: NAMESPACE }, (event) => {
      if (event.type === 'synced') {
        live = true;
        Promise.all(Array.from({ length: 8 }, write)).catch(reject);
      }
      if (live && event.type === 'upsert' && (seen += 1) === changes) resolve(reflector.stop());
    });
  });
  const { user, system } = process.cpuUsage(cpu);
  const rate = Math.round((changes * 1000) / (performance.now() - start));
  say(`${changes} patches and their events`, `${rate}/s, ${round((user + system) / changes)} us CPU each`);
}

await main();
