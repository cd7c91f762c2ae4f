import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { chartDir, wireDir } from '../paths.ts';
import { createHelm, type Helm, type RenderedObject, type ReleaseOptions } from './helm.ts';
import { workloadsOf, type Workload } from './pods.ts';

const ha = resolve(chartDir, 'values-ha.yaml');
const external = { redis: { enabled: false }, externalRedis: { host: 'redis.example.com', password: 'x' } };

const sidecar = {
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

let helm: Helm;
beforeAll(async () => {
  helm = await createHelm();
});
afterAll(() => helm.close());

const variants: [string, ReleaseOptions][] = [
  ['default values', {}],
  ['HA values', { valueFiles: [ha] }],
  ['an external Redis', { values: external }],
  ['HA values and an external Redis', { valueFiles: [ha], values: external }],
  ['another release and namespace', { release: 'my-gitops', namespace: 'team-a' }],
  ['a release named like a number', { release: '1234', namespace: '5678' }],
  ['everything off', { values: everythingOff() }],
  ['everything on', { values: everythingOn() }],
];

function everythingOff(): Record<string, unknown> {
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

function everythingOn(): Record<string, unknown> {
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

function named(objects: readonly RenderedObject[], kind: string, name: string): RenderedObject | undefined {
  return objects.find((object) => object.kind === kind && object.metadata.name === name);
}

function dataOf(objects: readonly RenderedObject[], kind: string, name: string): Record<string, string> {
  return z.record(z.string(), z.string()).parse(named(objects, kind, name)?.['data']);
}

describe('helm lint --strict', () => {
  it.each(variants)('passes with %s', async (_, options) => {
    expect(await helm.lint(options)).toContain('0 chart(s) failed');
  });
});

describe('rendering', () => {
  it.each(variants)('with %s gives distinct objects in the release namespace', async (_, options) => {
    const objects = await helm.template(options);
    const keys = objects.map((o) => `${o.kind}/${o.metadata.namespace ?? ''}/${o.metadata.name}`);
    expect(new Set(keys).size).toBe(keys.length);
    const managed = ['one', 'two'];
    for (const { kind, metadata } of objects) {
      if (['CustomResourceDefinition', 'ClusterRole', 'ClusterRoleBinding'].includes(kind)) {
        expect(metadata.namespace).toBeUndefined();
      } else if (!managed.includes(metadata.namespace ?? '')) {
        expect(metadata.namespace).toBe(options.namespace ?? 'argocd');
      }
      expect(metadata.labels?.['app.kubernetes.io/part-of']).toBe('argocd');
    }
  });

  it('names the cluster-scoped objects apart in every namespace but argocd', async () => {
    const names = async (namespace: string): Promise<string[]> =>
      (await helm.template({ namespace }))
        .filter(({ kind }) => kind === 'ClusterRole')
        .map((o) => o.metadata.name);
    expect((await names('argocd')).sort()).toEqual(['argocd-application-controller', 'argocd-server']);
    expect((await names('team-a')).sort()).toEqual([
      'argocd-application-controller-team-a',
      'argocd-server-team-a',
    ]);
  });

  it('keeps the CRDs at uninstall, unless asked not to', async () => {
    const crds = (objects: readonly RenderedObject[]): RenderedObject[] =>
      objects.filter(({ kind }) => kind === 'CustomResourceDefinition');
    const kept = crds(await helm.template());
    expect(kept).toHaveLength(3);
    expect(kept.map((o) => o.metadata.annotations?.['helm.sh/resource-policy'])).toEqual([
      'keep',
      'keep',
      'keep',
    ]);
    const dropped = crds(await helm.template({ values: everythingOn() }));
    expect(dropped.map((o) => o.metadata.annotations)).toEqual(
      Array.from({ length: 3 }, () => ({ 'example.com/note': "quote ' and: colon" })),
    );
  });

  it('leaves the shared config maps without keys of its own by default', async () => {
    const objects = await helm.template();
    for (const name of [
      'argocd-cm',
      'argocd-rbac-cm',
      'argocd-notifications-cm',
      'argocd-tls-certs-cm',
      'argocd-gpg-keys-cm',
    ])
      expect(dataOf(objects, 'ConfigMap', name)).toEqual({});
    expect(dataOf(objects, 'ConfigMap', 'argocd-cmd-params-cm')).toEqual({
      'redis.server': 'argocd-redis:6379',
      'repo.server': 'argocd-repo-server:8081',
    });
    expect(dataOf(objects, 'Secret', 'argocd-secret')).toEqual({});
  });

  it('turns values into config map text', async () => {
    const objects = await helm.template({ values: everythingOn() });
    expect(dataOf(objects, 'ConfigMap', 'argocd-cm')).toEqual({
      url: 'https://cd.example.com',
      'oidc.config': 'clientID: "1"\nname: SSO',
      'exec.enabled': 'true',
    });
    expect(dataOf(objects, 'ConfigMap', 'argocd-cmd-params-cm')).toEqual({
      'redis.server': 'argocd-redis:6379',
      'repo.server': 'argocd-repo-server:8081',
      'reposerver.parallelism.limit': '3',
      'server.insecure': 'true',
      'server.log.level': 'debug',
    });
    expect(dataOf(objects, 'Secret', 'argocd-secret')).toEqual({
      'webhook.github.secret': Buffer.from('hush').toString('base64'),
    });
  });

  it('points every service at an external Redis', async () => {
    const objects = await helm.template({
      values: {
        redis: { enabled: false },
        externalRedis: {
          host: 'r.example.com',
          port: 6380,
          username: 'tiphys',
          existingSecret: 'mine',
          existingSecretKey: 'pw',
        },
      },
    });
    expect(dataOf(objects, 'ConfigMap', 'argocd-cmd-params-cm')['redis.server']).toBe('r.example.com:6380');
    expect(objects.filter((o) => o.metadata.name.startsWith('argocd-redis'))).toEqual([]);
    for (const { spec } of services(workloadsOf(objects)).map(({ template }) => template)) {
      const env = spec.containers[0]?.env ?? [];
      expect(env.find(({ name }) => name === 'REDIS_USERNAME')?.value).toBe('tiphys');
      expect(env.find(({ name }) => name === 'REDIS_PASSWORD')?.valueFrom?.secretKeyRef).toMatchObject({
        name: 'mine',
        key: 'pw',
      });
    }
  });
});

function services(all: ReadonlyMap<string, Workload>): Workload[] {
  return [...all.values()].filter(({ name }) => name !== 'argocd-redis');
}

describe('the pods', () => {
  let objects: readonly RenderedObject[];
  let workloads: ReadonlyMap<string, Workload>;
  beforeAll(async () => {
    objects = await helm.template();
    workloads = workloadsOf(objects);
  });

  it.each([
    ['argocd-repo-server', 'Deployment', 'tiphys-repo-server', { server: 8081, metrics: 8084 }],
    ['argocd-application-controller', 'StatefulSet', 'tiphys-application-controller', { metrics: 8082 }],
    ['argocd-server', 'Deployment', 'tiphys-api-server', { server: 8080, metrics: 8083 }],
    ['argocd-notifications-controller', 'Deployment', 'tiphys-notifications', { metrics: 9001 }],
    ['argocd-redis', 'Deployment', 'redis-server', { redis: 6379 }],
  ])('%s is a %s that runs %s on the usual ports', (name, kind, command, ports) => {
    const found = workloads.get(name);
    const [first] = found?.template.spec.containers ?? [];
    expect(found?.kind).toBe(kind);
    expect(found?.selector.matchLabels).toEqual({ 'app.kubernetes.io/name': name });
    expect(first?.command).toEqual([command]);
    expect(Object.fromEntries(first?.ports.map((port) => [port.name, port.containerPort]) ?? [])).toEqual(
      ports,
    );
  });

  it('run as nobody special, with nothing writable but what is mounted', () => {
    for (const { template } of workloads.values()) {
      expect(template.spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 999,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      for (const { securityContext } of template.spec.containers)
        expect(securityContext).toMatchObject({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
    }
  });

  it('give a token only to those that talk to Kubernetes', () => {
    const tokens = [...workloads.values()].map(({ name, template }) => [
      name,
      template.spec.automountServiceAccountToken,
    ]);
    expect(Object.fromEntries(tokens)).toEqual({
      'argocd-repo-server': false,
      'argocd-redis': false,
      'argocd-application-controller': true,
      'argocd-server': true,
      'argocd-notifications-controller': true,
    });
  });

  it('mount each volume that they declare, and no other', () => {
    for (const { template } of workloads.values()) {
      const mounted = template.spec.containers.flatMap(({ volumeMounts }) =>
        volumeMounts.map(({ name }) => name),
      );
      expect([...mounted].sort()).toEqual(template.spec.volumes.map(({ name }) => name).sort());
    }
  });

  it('name in args or env every path that they mount, but for /tmp', () => {
    for (const { template } of workloads.values())
      for (const { args, env, volumeMounts } of template.spec.containers)
        for (const { mountPath } of volumeMounts.filter((mount) => mount.mountPath !== '/tmp')) {
          const said = [...args, ...env.map(({ value = '' }) => value)];
          expect(
            said.some((text) => text === mountPath || text.startsWith(`${mountPath}/`)),
            mountPath,
          ).toBe(true);
        }
  });

  it('name in args every port that a service declares', () => {
    for (const { template } of workloads.values())
      for (const { args, ports } of template.spec.containers)
        for (const { containerPort } of ports) expect(args).toContain(String(containerPort));
  });

  it('declare each environment variable once', () => {
    for (const { template } of workloads.values())
      for (const { env } of template.spec.containers) {
        const names = env.map(({ name }) => name);
        expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
      }
  });

  it('find their config maps and secrets in the chart', () => {
    const present = new Set(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
    for (const { template } of workloads.values()) {
      for (const volume of template.spec.volumes) {
        const { secret, configMap } = z
          .looseObject({
            secret: z.looseObject({ secretName: z.string() }).optional(),
            configMap: z.looseObject({ name: z.string() }).optional(),
          })
          .parse(volume);
        if (secret !== undefined) expect(present).toContain(`Secret/${secret.secretName}`);
        if (configMap !== undefined) expect(present).toContain(`ConfigMap/${configMap.name}`);
      }
      for (const { valueFrom } of template.spec.containers.flatMap(({ env }) => env)) {
        if (valueFrom?.secretKeyRef) expect(present).toContain(`Secret/${valueFrom.secretKeyRef.name}`);
        if (valueFrom?.configMapKeyRef)
          expect(present).toContain(`ConfigMap/${valueFrom.configMapKeyRef.name}`);
      }
    }
  });

  it('take every config map key as optional', () => {
    for (const { template } of workloads.values())
      for (const { valueFrom } of template.spec.containers.flatMap(({ env }) => env))
        if (valueFrom?.configMapKeyRef) expect(valueFrom.configMapKeyRef.optional).toBe(true);
  });
});

describe('replicas of the controller', () => {
  it('know how many they are, and each its name', async () => {
    const objects = await helm.template({
      values: {
        controller: { replicas: 3, pdb: { enabled: true, minAvailable: 2 } },
        config: { params: { 'controller.sharding.algorithm': 'round-robin' } },
      },
    });
    const controller = workloadsOf(objects).get('argocd-application-controller');
    expect(controller?.replicas).toBe(3);
    const env = controller?.template.spec.containers[0]?.env ?? [];
    expect(env).toContainEqual({ name: 'ARGOCD_CONTROLLER_REPLICAS', value: '3' });
    expect(env).toContainEqual({ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } });
    expect(env.map(({ name }) => name)).toContain('ARGOCD_CONTROLLER_SHARDING_ALGORITHM');
    expect(dataOf(objects, 'ConfigMap', 'argocd-cmd-params-cm')['controller.sharding.algorithm']).toBe(
      'round-robin',
    );
    expect(named(objects, 'PodDisruptionBudget', 'argocd-application-controller')?.['spec']).toMatchObject({
      minAvailable: 2,
      selector: { matchLabels: { 'app.kubernetes.io/name': 'argocd-application-controller' } },
    });
  });

  it('may write the leases that keep them apart, in their namespace only', async () => {
    const objects = await helm.template({ values: { controller: { clusterAdmin: false } } });
    const roles = objects.filter(({ metadata }) => metadata.name === 'argocd-application-controller');
    const withLeases = roles.filter((role) => JSON.stringify(role).includes('"leases"'));
    expect(withLeases.map(({ kind }) => kind)).toEqual(['Role']);
    expect(JSON.stringify(withLeases)).toMatch(
      /"leases"\],"verbs":\["get","list","watch","create","update"/u,
    );
  });
});

describe('internal TLS', () => {
  const identities = ['repo-server', 'application-controller', 'api-server', 'notifications'];

  it('gives each service its own certificate, signed by the one CA', async () => {
    const objects = await helm.template({ namespace: 'team-a' });
    const pem = (name: string, key: string): string =>
      Buffer.from(dataOf(objects, 'Secret', name)[key] ?? '', 'base64').toString();
    const ca = new X509Certificate(pem('tiphys-internal-ca', 'tls.crt'));
    expect(ca.ca).toBe(true);
    for (const identity of identities) {
      const secret = `tiphys-internal-tls-${identity}`;
      const leaf = new X509Certificate(pem(secret, 'tls.crt'));
      expect(leaf.verify(ca.publicKey)).toBe(true);
      expect(leaf.checkHost(`${identity}.tiphys.internal`)).toBe(`${identity}.tiphys.internal`);
      expect(leaf.checkHost('localhost')).toBe('localhost');
      expect(leaf.checkIP('127.0.0.1')).toBe('127.0.0.1');
      expect(pem(secret, 'ca.crt')).toBe(pem('tiphys-internal-ca', 'tls.crt'));
    }
    const repo = new X509Certificate(pem('tiphys-internal-tls-repo-server', 'tls.crt'));
    for (const host of [
      'argocd-repo-server',
      'argocd-repo-server.team-a',
      'argocd-repo-server.team-a.svc.cluster.local',
    ])
      expect(repo.checkHost(host)).toBe(host);
    expect(repo.checkHost('argocd-server')).toBeUndefined();
  });

  it('mounts into each pod its own identity and never the CA key', async () => {
    const all = services(workloadsOf(await helm.template()));
    const mounted = all.map(({ template }) => JSON.stringify(template.spec.volumes));
    expect(mounted.filter((text) => text.includes('tiphys-internal-ca'))).toEqual([]);
    for (const identity of identities)
      expect(mounted.filter((text) => text.includes(`"tiphys-internal-tls-${identity}"`))).toHaveLength(1);
  });
});

describe('rights', () => {
  const rulesOf = (object: RenderedObject | undefined): unknown => object?.['rules'];

  it('are none for the repo-server and Redis', async () => {
    const bindings = (await helm.template()).filter(({ kind }) => kind.endsWith('Binding'));
    const text = JSON.stringify(bindings);
    expect(text).not.toContain('argocd-repo-server');
    expect(text).not.toContain('argocd-redis');
  });

  it('let the controller read, not write, config maps and secrets in its namespace', async () => {
    const role = named(await helm.template(), 'Role', 'argocd-application-controller');
    expect(rulesOf(role)).toContainEqual({
      apiGroups: [''],
      resources: ['secrets', 'configmaps'],
      verbs: ['get', 'list', 'watch'],
    });
  });

  it('can be kept to namespaces', async () => {
    const objects = await helm.template({
      values: {
        controller: { clusterAdmin: false, managedNamespaces: ['one', 'two'] },
        server: { clusterRights: false },
      },
    });
    expect(objects.filter(({ kind }) => kind === 'ClusterRole' || kind === 'ClusterRoleBinding')).toEqual([]);
    const managed = objects.filter(
      ({ kind, metadata }) => kind === 'Role' && metadata.namespace !== 'argocd',
    );
    expect(managed.map(({ metadata }) => metadata.namespace)).toEqual(['one', 'two']);
    for (const role of managed)
      expect(rulesOf(role)).toEqual([{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]);
  });

  it('name the only objects that notifications may read', async () => {
    const rules = rulesOf(named(await helm.template(), 'Role', 'argocd-notifications-controller'));
    expect(rules).toContainEqual({
      apiGroups: [''],
      resources: ['secrets'],
      resourceNames: ['argocd-notifications-secret'],
      verbs: ['get', 'list', 'watch'],
    });
  });
});

describe('network policies', () => {
  it('cover each pod, with a deny of all other ingress', async () => {
    const objects = await helm.template();
    const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
    const text = JSON.stringify(named(objects, 'NetworkPolicy', 'argocd-default-deny'));
    for (const name of workloadsOf(objects).keys()) expect(text).toContain(`"${name}"`);
    const redis = JSON.stringify(
      policies.find(({ metadata }) => metadata.name === 'argocd-redis-network-policy'),
    );
    for (const caller of [
      'argocd-server',
      'argocd-repo-server',
      'argocd-application-controller',
      'argocd-notifications-controller',
    ])
      expect(redis).toContain(`"${caller}"`);
    const repo = JSON.stringify(
      policies.find(({ metadata }) => metadata.name === 'argocd-repo-server-network-policy'),
    );
    expect(repo).not.toContain('"argocd-redis"');
  });
});

describe('the repo-server', () => {
  const repoServerOf = async (values: Record<string, unknown>): Promise<Workload['template']['spec']> => {
    const found = workloadsOf(await helm.template({ values })).get('argocd-repo-server');
    if (found === undefined) throw new Error('there is no repo-server');
    return found.template.spec;
  };
  const mounts = (
    one: { readonly volumeMounts?: readonly { readonly name: string }[] } | undefined,
  ): string[] => (one?.volumeMounts ?? []).map(({ name }) => name);

  it('has no keys, and no sidecars, until it is told to', async () => {
    const { containers, volumes, ...rest } = await repoServerOf({});
    expect(containers).toHaveLength(1);
    expect(rest).not.toHaveProperty('initContainers');
    expect(volumes.map(({ name }) => name)).not.toContain('sops-keys');
    const { containers: told } = await repoServerOf({ sops: { secretName: 'keys' } });
    expect(told[0]?.env.map(({ name }) => name)).toContain('TIPHYS_SOPS_KEY_DIR');
  });

  it('keeps what is decrypted in memory, and the keys from everyone else in the pod', async () => {
    const { containers, volumes } = await repoServerOf(everythingOn());
    expect(volumes.find(({ name }) => name === 'private')).toMatchObject({ emptyDir: { medium: 'Memory' } });
    expect(volumes.find(({ name }) => name === 'sops-keys')).toMatchObject({
      secret: { secretName: 'sops-keys', optional: true },
    });
    const [own, plugin] = containers;
    expect(mounts(own)).toEqual(expect.arrayContaining(['sops-keys', 'private', 'plugins']));
    expect(mounts(plugin)).toEqual(['var-files', 'plugins', 'cdk8s']);
  });

  it('lays out the plugin server where sidecars start it', async () => {
    const { initContainers, volumes } = z
      .looseObject({
        initContainers: z.array(z.looseObject({ name: z.string(), args: z.array(z.string()) })),
        volumes: z.array(z.looseObject({ name: z.string() })),
      })
      .parse(await repoServerOf(everythingOn()));
    expect(initContainers).toMatchObject([{ name: 'copyutil', args: ['--install-to', '/var/run/argocd'] }]);
    const names = volumes.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['var-files', 'plugins', 'cdk8s']));
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('values.schema.json', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['an unknown key', { repoSever: {} }, 'repoSever'],
    ['an unknown nested key', { server: { replica: 2 } }, 'replica'],
    ['no replicas', { server: { replicas: 0 } }, '/server/replicas'],
    ['no controller', { controller: { replicas: 0 } }, '/controller/replicas'],
    [
      'an eviction policy that would lose queue keys',
      { redis: { maxmemoryPolicy: 'allkeys-lru' } },
      'noeviction',
    ],
    ['no Redis at all', { redis: { enabled: false } }, '/externalRedis/host'],
    ['a size that is no quantity', { repoServer: { workDirSizeLimit: '8 GB' } }, 'workDirSizeLimit'],
    ['a namespace that is no name', { controller: { managedNamespaces: ['Team A'] } }, 'managedNamespaces'],
    ['a sidecar without an image', { repoServer: { extraContainers: [{ name: 'x' }] } }, 'image'],
    ['a digest without its algorithm', { image: { digest: 'abc' } }, '/image/digest'],
    [
      'exec rights without cluster rights',
      { server: { execRights: true, clusterRights: false } },
      'clusterRights',
    ],
    ['a port out of range', { externalRedis: { port: 70000 } }, '/externalRedis/port'],
    ['a config map that is no map', { config: { rbac: 'all' } }, '/config/rbac'],
  ])('refuses %s', async (_, values, message) => {
    await expect(helm.template({ values })).rejects.toThrow(message);
  });
});

const envFile = resolve(wireDir, 'env.tsv');
const configFile = resolve(wireDir, 'config.tsv');
const haveTables = existsSync(envFile) && existsSync(configFile);
if (!haveTables)
  process.stdout.write(`skipping the comparison of the environment with ${wireDir}: no such files\n`);

describe.runIf(haveTables)('the environment against the fact tables', () => {
  it('uses names that exist, each with a key that exists, and marks our own', async () => {
    const rows = async (file: string): Promise<string[][]> =>
      (await readFile(file, 'utf8')).split('\n').map((line) => line.split('\t'));
    const names = new Set((await rows(envFile)).map(([, name]) => name));
    const keys = new Set((await rows(configFile)).map(([object, key]) => `${object}:${key}`));
    const all = services(workloadsOf(await helm.template()));
    const refs = all.flatMap(({ template }) => template.spec.containers.flatMap(({ env }) => env));
    const unknown = refs.flatMap(({ name, valueFrom }) => {
      const ref = valueFrom?.configMapKeyRef;
      const isOurs = name.startsWith('TIPHYS_') && ref?.key.startsWith('tiphys.') === true;
      if (ref === undefined || isOurs || (names.has(name) && keys.has(`${ref.name}:${ref.key}`))) return [];
      return [`${name} from ${ref.name}:${ref.key}`];
    });
    expect(unknown).toEqual([]);
    expect(refs.length).toBeGreaterThan(100);
  });
});
