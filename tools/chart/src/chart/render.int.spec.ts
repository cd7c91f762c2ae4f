import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createHelm, type Helm, type RenderedObject } from './helm.ts';
import { workloadsOf, type Workload } from './pods.ts';
import { variants, everythingOn, named, dataOf, services } from './testing/variants.ts';

let helm: Helm;
beforeAll(async () => {
  helm = await createHelm();
});
afterAll(() => helm.close());

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
            secret: z.looseObject({ secretName: z.string(), optional: z.boolean().optional() }).optional(),
            configMap: z.looseObject({ name: z.string() }).optional(),
          })
          .parse(volume);
        if (secret !== undefined && secret.optional !== true)
          expect(present).toContain(`Secret/${secret.secretName}`);
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
