import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IN_CLUSTER_SERVER, labels, secretTypes } from '@tiphys/model';
import { startGitServer, type GitServer } from '@tiphys/testing/git-server';
import { startKubeEnv, type KubeEnv } from '@tiphys/testing/kube-env';
import { startSystem } from '@tiphys/testing/system';
import { Applications } from './applications.ts';
import type { BenchOptions, ExternalSystem } from './options.ts';
import { RestClient } from './rest-client.ts';

export const REPOSITORY = 'monorepo';

/** What a part of the bench deploys. */
export interface Layout {
  readonly apps: number;
  readonly objectsPerApp: number;
  /** Destination clusters that the Applications are spread over; more than one only with a control plane of its own. */
  readonly clusters: number;
}

/** Everything a measure works with. */
export interface BenchContext {
  readonly layout: Layout;
  /** Addresses of the destination clusters as Applications name them. */
  readonly servers: readonly string[];
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
  layout: Layout,
  report: (line: string) => void,
): Promise<{ context: BenchContext; close: () => Promise<void> }> {
  const undo: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const system = options.system ?? (await startOwn({ options, layout, undo, report }));
    const git = await startGitServer();
    undo.push(() => git.close());
    const names = Array.from(
      { length: layout.apps },
      (_item, index) => `bench-${String(index).padStart(4, '0')}`,
    );
    await git.createRepo(REPOSITORY, filesOf(names, layout, '1'));
    const applications = await Applications.open(system.kubeconfig, system.namespace);
    undo.push(() => applications.close());
    const rest = await RestClient.login(system.apiUrl, system.password);
    return {
      close,
      context: {
        options,
        layout,
        servers: [IN_CLUSTER_SERVER, ...(system.farServers ?? [])],
        applications,
        rest,
        git,
        pids: system.pids,
        target: 'bench',
        names,
        report,
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface OwnSystem {
  readonly options: BenchOptions;
  readonly layout: Layout;
  readonly undo: (() => Promise<unknown>)[];
  readonly report: (line: string) => void;
}

async function startOwn({ options, layout, undo, report }: OwnSystem): Promise<ExternalSystem> {
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
  const farServers: string[] = [];
  for (let index = 1; index < layout.clusters; index += 1) {
    report(`starting destination cluster ${index + 1}`);
    farServers.push(await joinFarCluster(kube, { namespace: system.namespace, name: `far-${index}`, undo }));
  }
  const services = Object.entries(system.runner.pids()).filter(([name]) => !name.includes('redis'));
  return {
    kubeconfig: kube.kubeconfigPath,
    apiUrl: system.apiUrl,
    password: system.adminPassword,
    namespace: system.namespace,
    farServers,
    pids: Object.fromEntries(services),
  };
}

/** Starts a further cluster and makes it known by a cluster secret; returns its address. */
async function joinFarCluster(
  kube: KubeEnv,
  { namespace, name, undo }: { namespace: string; name: string; undo: (() => Promise<unknown>)[] },
): Promise<string> {
  const far = await startKubeEnv({ scheduler: false, kwok: false });
  undo.push(() => far.stop());
  await far.apply({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'tiphys-manager' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'manager', namespace: 'kube-system' }],
  } as never);
  const bearerToken = await far.createServiceAccountToken('kube-system', 'manager');
  const caData = Buffer.from(far.caPem).toString('base64');
  await kube.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, labels: { [labels.secretType]: secretTypes.cluster } },
    stringData: {
      name,
      server: far.apiUrl,
      config: JSON.stringify({ bearerToken, tlsClientConfig: { caData } }),
    },
  } as never);
  return far.apiUrl;
}

const FILES_PER_APP = 50;

/** One folder an Application; its config maps in one file, or in fifty where they are many. */
export function filesOf(
  names: readonly string[],
  { objectsPerApp }: Layout,
  value: string,
): Record<string, string> {
  const perFile = Math.max(10, Math.ceil(objectsPerApp / FILES_PER_APP));
  const files: Record<string, string> = {};
  for (const name of names)
    for (let from = 0; from < objectsPerApp; from += perFile) {
      const indexes = Array.from(
        { length: Math.min(perFile, objectsPerApp - from) },
        (_item, offset) => from + offset,
      );
      files[`apps/${name}/all-${from}.yaml`] = indexes
        .map((index) => manifestOf(`${name}-${index}`, value))
        .join('---\n');
    }
  return files;
}

const manifestOf = (name: string, value: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  value: "${value}"\n`;
