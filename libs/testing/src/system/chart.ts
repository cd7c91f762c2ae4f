import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TiphysError, messageOf } from '@tiphys/model';
import { resolveTool } from '@tiphys/toolchain';
import { privateFolder } from '../processes/index.ts';

const run = promisify(execFile);

export interface ChartRelease {
  readonly chart: string;
  readonly release: string;
  readonly namespace: string;
  readonly kubeconfigPath: string;
  /** Later ones win. */
  readonly values: readonly object[];
}

/** Installs or upgrades a release with the real helm; does not wait for its pods. */
export async function installChart(options: ChartRelease): Promise<void> {
  const { chart, release, namespace, kubeconfigPath, values } = options;
  const folder = await privateFolder('helm');
  try {
    const files = values.map((_, index) => join(folder.path, `values-${index}.json`));
    await Promise.all(files.map((file, index) => writeFile(file, JSON.stringify(values[index]))));
    const where = ['--namespace', namespace, '--create-namespace', '--kubeconfig', kubeconfigPath];
    const flags = [...where, ...files.flatMap((file) => ['--values', file])];
    await helm(['upgrade', release, chart, '--install', '--timeout', '120s', ...flags], folder.path);
  } finally {
    await folder.remove();
  }
}

/** Removes a release; one that isn't there is fine. */
export async function uninstallChart(
  options: Pick<ChartRelease, 'release' | 'namespace' | 'kubeconfigPath'>,
): Promise<void> {
  const folder = await privateFolder('helm');
  try {
    const flags = [
      '--namespace',
      options.namespace,
      '--kubeconfig',
      options.kubeconfigPath,
      '--ignore-not-found',
    ];
    await helm(['uninstall', options.release, ...flags], folder.path);
  } finally {
    await folder.remove();
  }
}

async function helm(args: readonly string[], home: string): Promise<void> {
  const program = await resolveTool('helm');
  const env = {
    PATH: '/usr/bin:/bin',
    HOME: home,
    HELM_CACHE_HOME: home,
    HELM_CONFIG_HOME: home,
    HELM_DATA_HOME: home,
  };
  try {
    await run(program, [...args], { env, timeout: 150_000 });
  } catch (cause) {
    throw new TiphysError('failed-precondition', `helm ${args[0] ?? ''} failed: ${messageOf(cause)}`, {
      cause,
    });
  }
}
