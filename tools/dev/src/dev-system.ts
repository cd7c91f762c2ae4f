import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startSystem, type TiphysSystem } from '@tiphys/testing/system';
import { openCluster } from './cluster.ts';
import type { DevOptions } from './options.ts';
import { logFolder, removeDevFile, stateFolder, writeDevFile, type DevFile } from './dev-file.ts';
import {
  awaitHealthy,
  createApplication,
  refreshApplication,
  removeApplication,
  serveExample,
} from './example.ts';

export interface DevSystem {
  readonly dev: DevFile;
  stop(): Promise<void>;
}

/** Told of each step when it is done. */
export type Report = (line: string) => void;

/**
 * Brings everything up: cluster, chart, services, repository, Application.
 * What was started goes down again, in reverse order, by `stop` or when a later step fails.
 */
export async function startDevSystem(options: DevOptions, report: Report): Promise<DevSystem> {
  const undo: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse())
      await step().catch((error: unknown) => report(`! ${String(error)}`));
  };
  try {
    const dev = await bringUp({ options, report, undo });
    return { dev, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Start {
  readonly options: DevOptions;
  readonly report: Report;
  readonly undo: (() => Promise<void>)[];
}

async function bringUp({ options, report, undo }: Start): Promise<DevFile> {
  const { namespace } = options;
  const git = join(stateFolder, 'git');
  await Promise.all([
    rm(git, { recursive: true, force: true }),
    rm(logFolder, { recursive: true, force: true }),
  ]);
  const [cluster, repository] = await Promise.all([
    openCluster(options.kubeconfig, report),
    serveExample(git),
  ]);
  const { kube, isGiven } = cluster;
  undo.push(
    () => cluster.close(),
    () => repository.close(),
  );
  report(`cluster at ${kube.apiUrl}${isGiven ? ' (given)' : ''}`);

  const system = await startSystem({
    kube,
    namespace,
    values: [{ server: { insecure: true } }, options.values],
    logFolder,
    onlyHere: isGiven,
    onEvent: (line) => report(`! ${line}`),
  });
  if (isGiven) undo.push(() => system.uninstall());
  undo.push(() => system.stop(isGiven ? 'SIGTERM' : 'SIGKILL'));
  report(`services ready: ${Object.keys(system.runner.pids()).sort().join(', ')}`);

  const application = { kube, namespace, repoURL: repository.url };
  await createApplication(application);
  if (isGiven) undo.push(() => removeApplication(application));
  await awaitHealthy(application, 60_000);
  report('the Application guestbook is Synced and Healthy');
  repository.onPush(async () => {
    report('a push arrived: guestbook is looked at');
    await refreshApplication(application);
  });
  const dev = describe(system, repository.url);
  await writeDevFile(dev);
  undo.push(removeDevFile, followRestarts(system, dev));
  return dev;
}

/** Keeps the pids in the dev file right. */
function followRestarts(system: TiphysSystem, dev: DevFile): () => Promise<void> {
  let last = JSON.stringify(dev.services);
  const timer = setInterval(() => {
    const services = system.runner.pids();
    if (JSON.stringify(services) === last) return;
    last = JSON.stringify(services);
    void writeDevFile({ ...dev, services });
  }, 1_000);
  return () => {
    clearInterval(timer);
    return Promise.resolve();
  };
}

function describe(system: TiphysSystem, gitUrl: string): DevFile {
  return {
    pid: process.pid,
    apiUrl: system.apiUrl,
    adminPassword: system.adminPassword,
    kubeconfig: system.kube.kubeconfigPath,
    gitUrl,
    namespace: system.namespace,
    services: system.runner.pids(),
  };
}
