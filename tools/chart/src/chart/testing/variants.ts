import { resolve } from 'node:path';
import { z } from 'zod';
import { chartDir } from '../../paths.ts';
import { type RenderedObject, type ReleaseOptions } from '../helm.ts';
import { type Workload } from '../pods.ts';

export const ha = resolve(chartDir, 'values-ha.yaml');
export const external = {
  redis: { enabled: false },
  externalRedis: { host: 'redis.example.com', password: 'x' },
};

export const sidecar = {
  name: 'cdk8s',
  image: 'registry.example.com/cdk8s:1',
  command: ['/var/run/argocd/argocd-cmp-server'],
  securityContext: { runAsUser: 999 },
  volumeMounts: [
    { name: 'var-files', mountPath: '/var/run/argocd' },
    { name: 'plugins', mountPath: '/home/argocd/cmp-server/plugins' },
    { name: 'cdk8s', mountPath: '/home/argocd/cmp-server/config' },
  ],
};

export const variants: [string, ReleaseOptions][] = [
  ['default values', {}],
  ['HA values', { valueFiles: [ha] }],
  ['an external Redis', { values: external }],
  ['HA values and an external Redis', { valueFiles: [ha], values: external }],
  ['another release and namespace', { release: 'my-gitops', namespace: 'team-a' }],
  ['a release named like a number', { release: '1234', namespace: '5678' }],
  ['everything off', { values: everythingOff() }],
  ['everything on', { values: everythingOn() }],
];

export function everythingOff(): Record<string, unknown> {
  return {
    crds: { install: false },
    secrets: { createArgocdSecret: false, createNotificationsSecret: false },
    internalTls: { create: false },
    cacheKey: { create: false },
    networkPolicy: { enabled: false },
    server: { clusterRights: false },
    controller: { clusterAdmin: false },
    notifications: { enabled: false },
    redis: { createSecret: false },
  };
}

export function everythingOn(): Record<string, unknown> {
  return {
    image: { digest: `sha256:${'a'.repeat(64)}` },
    imagePullSecrets: [{ name: 'pull' }],
    global: {
      podLabels: { team: 'platform' },
      podAnnotations: { 'example.com/a': 'b' },
      nodeSelector: { disk: 'ssd' },
      tolerations: [{ operator: 'Exists' }],
      priorityClassName: 'system-cluster-critical',
    },
    crds: { keep: false, annotations: { 'example.com/note': "quote ' and: colon" } },
    config: {
      cm: {
        url: 'https://cd.example.com',
        'oidc.config': { name: 'SSO', clientID: '1' },
        'exec.enabled': true,
      },
      rbac: { 'policy.default': 'role:readonly', 'policy.csv': 'p, role:a, applications, get, */*, allow\n' },
      params: { 'server.log.level': 'debug', 'reposerver.parallelism.limit': 3 },
      notifications: { 'service.slack': { token: '$slack-token' } },
      tlsCerts: { 'git.example.com': '-----BEGIN CERTIFICATE-----\n' },
    },
    secrets: { argocd: { 'webhook.github.secret': 'hush' }, notifications: { 'slack-token': 'xoxb' } },
    networkPolicy: { egress: { enabled: true }, serverFrom: [{ ipBlock: { cidr: '10.0.0.0/8' } }] },
    server: {
      insecure: true,
      execRights: true,
      ingress: { enabled: true, className: 'nginx', host: 'cd.example.com', tlsSecret: 'cd-tls' },
      service: { type: 'LoadBalancer', annotations: { 'example.com/lb': 'internal' } },
      extraArgs: ['--address', '0.0.0.0'],
      extraEnv: [{ name: 'HTTPS_PROXY', value: 'http://proxy:3128' }],
    },
    sops: { secretName: 'sops-keys' },
    repoServer: {
      parallelismLimit: 4,
      pdb: { enabled: true },
      extraContainers: [sidecar],
      volumes: [{ name: 'cdk8s', configMap: { name: 'cdk8s' } }],
    },
    controller: {
      clusterAdmin: false,
      managedNamespaces: ['one', 'two'],
      replicas: 3,
      pdb: { enabled: true },
    },
  };
}

export function named(
  objects: readonly RenderedObject[],
  kind: string,
  name: string,
): RenderedObject | undefined {
  return objects.find((object) => object.kind === kind && object.metadata.name === name);
}

export function dataOf(
  objects: readonly RenderedObject[],
  kind: string,
  name: string,
): Record<string, string> {
  return z.record(z.string(), z.string()).parse(named(objects, kind, name)?.['data']);
}

export function services(all: ReadonlyMap<string, Workload>): Workload[] {
  return [...all.values()].filter(({ name }) => name !== 'argocd-redis');
}
