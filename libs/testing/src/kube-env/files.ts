import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority, type Identity } from '../pki/index.ts';
import { kubeconfigOf, type KubeConnection } from './kubeconfig.ts';
import { kwokConfig } from './stages.ts';

/** The file names of one control plane, all inside its private folder. */
export interface ControlPlaneFiles {
  readonly folder: string;
  readonly caPem: string;
  readonly admin: Identity;
  path(name: ControlPlaneFile): string;
}

export type ControlPlaneFile =
  | 'ca.crt'
  | 'server.crt'
  | 'server.key'
  | 'sa.key'
  | 'sa.pub'
  | 'admin.kubeconfig'
  | 'controller-manager.kubeconfig'
  | 'scheduler.kubeconfig'
  | 'scheduler.yaml'
  | 'kwok.kubeconfig'
  | 'kwok.yaml'
  | 'audit-policy.yaml';

/** Makes every certificate, key and configuration file that the servers read. */
export async function writeControlPlaneFiles(folder: string, apiUrl: string): Promise<ControlPlaneFiles> {
  const authority = createAuthority('tiphys-dev-ca');
  const path = (name: ControlPlaneFile): string => join(folder, name);
  const server = authority.issue({
    commonName: 'kube-apiserver',
    hosts: [
      'localhost',
      '127.0.0.1',
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
      '10.96.0.1',
    ],
    usage: 'both',
  });
  const client = (commonName: string, organizations: string[] = []): Identity =>
    authority.issue({ commonName, organizations, usage: 'client' });
  const admin = client('tiphys-admin', ['system:masters']);
  const kubeconfig = (identity: Identity): string =>
    kubeconfigOf({ apiUrl, caPem: authority.certPem, ...identity } satisfies KubeConnection);
  const tokens = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const schedulerConfig = path('scheduler.kubeconfig');
  const contents: Record<ControlPlaneFile, string> = {
    'ca.crt': authority.certPem,
    'server.crt': server.certPem,
    'server.key': server.keyPem,
    'sa.key': tokens.privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
    'sa.pub': tokens.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    'admin.kubeconfig': kubeconfig(admin),
    'controller-manager.kubeconfig': kubeconfig(client('system:kube-controller-manager', ['system:masters'])),
    'scheduler.kubeconfig': kubeconfig(client('system:kube-scheduler')),
    'scheduler.yaml': schedulerConfiguration(schedulerConfig),
    'kwok.kubeconfig': kubeconfig(client('kwok', ['system:masters'])),
    'kwok.yaml': kwokConfig(),
    'audit-policy.yaml': JSON.stringify({
      apiVersion: 'audit.k8s.io/v1',
      kind: 'Policy',
      omitStages: ['RequestReceived'],
      rules: [{ level: 'Metadata' }],
    }),
  };
  await Promise.all(
    Object.entries(contents).map(([name, text]) => writeFile(join(folder, name), text, { mode: 0o600 })),
  );
  return { folder, caPem: authority.certPem, admin, path };
}

function schedulerConfiguration(kubeconfig: string): string {
  return JSON.stringify({
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    clientConnection: { kubeconfig, qps: 500, burst: 1000 },
    leaderElection: { leaderElect: false },
  });
}
