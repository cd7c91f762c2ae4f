import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startProcess, waitReady, type ManagedProcess } from '../processes/index.ts';
import type { ControlPlaneFiles } from './files.ts';

export type ServerName = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kwok';

export interface ControlPlaneSettings {
  readonly files: ControlPlaneFiles;
  readonly tools: ReadonlyMap<string, string>;
  readonly ports: { readonly etcd: number; readonly etcdPeer: number; readonly api: number };
  readonly auditLogPath?: string;
}

/** Starts etcd and waits until it serves. Data is not synced to disk: it dies with the environment. */
export async function startEtcd(settings: ControlPlaneSettings): Promise<ManagedProcess> {
  const client = `http://127.0.0.1:${settings.ports.etcd}`;
  const peer = `http://127.0.0.1:${settings.ports.etcdPeer}`;
  const etcd = start(settings, 'etcd', [
    `--data-dir=${join(settings.files.folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
    '--auto-compaction-mode=revision',
    '--auto-compaction-retention=5000',
    '--quota-backend-bytes=4294967296',
  ]);
  await waitReady(etcd, async () => (await fetch(`${client}/readyz`)).ok);
  return etcd;
}

/** Starts the API server; the caller waits until it is ready. */
export function startApiServerProcess(settings: ControlPlaneSettings): ManagedProcess {
  const { files, ports } = settings;
  const audit =
    settings.auditLogPath === undefined
      ? []
      : [
          `--audit-log-path=${settings.auditLogPath}`,
          `--audit-policy-file=${files.path('audit-policy.yaml')}`,
        ];
  return start(settings, 'kube-apiserver', [
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${ports.api}`,
    `--tls-cert-file=${files.path('server.crt')}`,
    `--tls-private-key-file=${files.path('server.key')}`,
    `--client-ca-file=${files.path('ca.crt')}`,
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-signing-key-file=${files.path('sa.key')}`,
    `--service-account-key-file=${files.path('sa.pub')}`,
    '--endpoint-reconciler-type=none',
    '--allow-privileged=true',
    '--profiling=false',
    '--shutdown-delay-duration=0s',
    ...audit,
  ]);
}

/** Makes ServiceAccounts, runs Deployments, Jobs, garbage collection and namespaces. */
export function startControllerManager(settings: ControlPlaneSettings): ManagedProcess {
  const { files } = settings;
  return start(settings, 'kube-controller-manager', [
    `--kubeconfig=${files.path('controller-manager.kubeconfig')}`,
    `--service-account-private-key-file=${files.path('sa.key')}`,
    `--root-ca-file=${files.path('ca.crt')}`,
    '--leader-elect=false',
    '--secure-port=0',
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
    '--concurrent-gc-syncs=10',
    '--node-monitor-grace-period=10m',
    '--profiling=false',
  ]);
}

export function startScheduler(settings: ControlPlaneSettings): ManagedProcess {
  return start(settings, 'kube-scheduler', [
    `--config=${settings.files.path('scheduler.yaml')}`,
    '--secure-port=0',
    '--profiling=false',
  ]);
}

/** Plays every node's kubelet. */
export function startKwok(settings: ControlPlaneSettings): ManagedProcess {
  return start(settings, 'kwok', [
    `--kubeconfig=${settings.files.path('kwok.kubeconfig')}`,
    `--config=${settings.files.path('kwok.yaml')}`,
    '--manage-all-nodes=true',
    '--node-lease-duration-seconds=40',
    '--node-ip=127.0.0.1',
    '--cidr=10.0.0.1/16',
  ]);
}

/** The folder that some of the servers take for their home. */
export async function makeHome(folder: string): Promise<void> {
  await mkdir(join(folder, 'home'), { recursive: true, mode: 0o700 });
}

function start(settings: ControlPlaneSettings, name: ServerName, args: readonly string[]): ManagedProcess {
  const { folder } = settings.files;
  return startProcess({
    name,
    program: settings.tools.get(name) ?? name,
    args,
    cwd: folder,
    env: { HOME: join(folder, 'home'), TMPDIR: folder },
    logFile: join(folder, `${name}.log`),
  });
}
