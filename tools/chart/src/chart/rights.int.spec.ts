import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { wireDir } from '../paths.ts';
import { createHelm, type Helm, type RenderedObject } from './helm.ts';
import { workloadsOf, type Workload } from './pods.ts';
import { everythingOn, named, services } from './testing/variants.ts';

let helm: Helm;
beforeAll(async () => {
  helm = await createHelm();
});
afterAll(() => helm.close());

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
