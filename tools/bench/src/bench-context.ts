import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGitServer, type GitServer } from '@tiphys/testing/git-server';
import { startKubeEnv } from '@tiphys/testing/kube-env';
import { startSystem } from '@tiphys/testing/system';
import { Applications } from './applications.ts';
import type { BenchOptions, ExternalSystem } from './options.ts';
import { RestClient } from './rest-client.ts';

export const REPOSITORY = 'monorepo';
export const OBJECTS_PER_APP = 3;

/** Everything a measure works with. */
export interface BenchContext {
  readonly options: BenchOptions;
  readonly applications: Applications;
  readonly rest: RestClient;
  readonly git: GitServer;
  readonly pids: Readonly<Record<string, number>>;
  /** Destination namespace of all Applications. */
  readonly target: string;
  readonly names: readonly string[];
  readonly report: (line: string) => void;
}

/** Opens the system to measure, starting one where none is given; `close` ends what was started. */
export async function openBench(
  options: BenchOptions,
  report: (line: string) => void,
): Promise<{ context: BenchContext; close: () => Promise<void> }> {
  const undo: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const system = options.system ?? (await startOwn(options, undo, report));
    const git = await startGitServer();
    undo.push(() => git.close());
    const names = Array.from(
      { length: options.apps },
      (_item, index) => `bench-${String(index).padStart(4, '0')}`,
    );
    await git.createRepo(REPOSITORY, filesOf(names, '1'));
    const applications = await Applications.open(system.kubeconfig, system.namespace);
    undo.push(() => applications.close());
    const rest = await RestClient.login(system.apiUrl, system.password);
    return {
      close,
      context: { options, applications, rest, git, pids: system.pids, target: 'bench', names, report },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startOwn(
  options: BenchOptions,
  undo: (() => Promise<unknown>)[],
  report: (line: string) => void,
): Promise<ExternalSystem> {
  const folder = await mkdtemp(join(tmpdir(), 'tiphys-bench-'));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  report('starting a control plane of its own');
  const kube = await startKubeEnv({ onProgress: report });
  undo.push(() => kube.stop());
  const system = await startSystem({
    kube,
    logFolder: options.logs ?? folder,
    values: { server: { insecure: true } },
    onEvent: report,
  });
  undo.push(() => system.stop('SIGKILL'));
  const services = Object.entries(system.runner.pids()).filter(([name]) => !name.includes('redis'));
  return {
    kubeconfig: kube.kubeconfigPath,
    apiUrl: system.apiUrl,
    password: system.adminPassword,
    namespace: system.namespace,
    pids: Object.fromEntries(services),
  };
}

/** One folder an Application, three config maps each. */
export function filesOf(names: readonly string[], value: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`apps/${name}/all.yaml`, manifestsOf(name, value)]));
}

const manifestsOf = (name: string, value: string): string =>
  Array.from(
    { length: OBJECTS_PER_APP },
    (_item, index) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}-${index}\ndata:\n  value: "${value}"\n`,
  ).join('---\n');
