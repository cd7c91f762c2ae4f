import { resolve } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKubeEnv, type KubeEnv } from '@tiphys/testing/kube-env';
import { chartDir } from '../paths.ts';
import { dryRun } from './dry-run.ts';
import { createHelm, type ClusterOptions, type Helm, type ReleaseOptions } from './helm.ts';
import { workloadsOf } from './pods.ts';

let helm: Helm;
let kube: KubeEnv;
beforeAll(async () => {
  [helm, kube] = await Promise.all([createHelm(), startKubeEnv({ scheduler: false, kwok: false })]);
});
afterAll(() => Promise.all([helm.close(), kube.stop()]));

type Kind = 'ConfigMap' | 'Secret';
type Data = Record<string, string>;

const noCrds = { crds: { install: false } };
const inCluster = (namespace: string, values: Record<string, unknown> = {}): ClusterOptions => ({
  kubeconfig: kube.kubeconfigPath,
  namespace,
  values: { ...noCrds, ...values },
});

const dataPath = (kind: Kind, namespace: string, name: string): string =>
  `/api/v1/namespaces/${namespace}/${kind === 'Secret' ? 'secrets' : 'configmaps'}/${name}`;

async function data(kind: Kind, namespace: string, name: string): Promise<Data> {
  const found = await kube.request<{ data?: Data }>('GET', dataPath(kind, namespace, name));
  return found.data ?? {};
}

async function edit(kind: Kind, namespace: string, name: string, change: Data): Promise<void> {
  const path = dataPath(kind, namespace, name);
  await kube.request('PATCH', path, { data: change }, 'application/merge-patch+json');
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const generated = [
  'argocd-redis',
  'tiphys-cache-key',
  'tiphys-internal-ca',
  'tiphys-internal-tls-repo-server',
  'tiphys-internal-tls-application-controller',
  'tiphys-internal-tls-api-server',
  'tiphys-internal-tls-notifications',
];

async function secretsOf(
  namespace: string,
  names: readonly string[] = generated,
): Promise<Record<string, Data>> {
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await data('Secret', namespace, name)] as const)),
  );
}

describe('a server-side dry run', () => {
  it.each<[string, ReleaseOptions]>([
    ['default values', {}],
    ['HA values', { valueFiles: [resolve(chartDir, 'values-ha.yaml')] }],
    [
      'an external Redis, limited rights, egress rules and an ingress',
      {
        values: {
          redis: { enabled: false },
          externalRedis: { host: 'redis.example.com', password: 'x' },
          controller: { clusterAdmin: false, managedNamespaces: ['default'] },
          networkPolicy: { egress: { enabled: true } },
          server: { ingress: { enabled: true, tlsSecret: 'cd-tls' }, pdb: { enabled: true } },
        },
      },
    ],
  ])('accepts each object rendered with %s', async (_, options) => {
    const { name: namespace } = await kube.createNamespace('dry-run');
    const objects = await helm.template({ ...options, namespace });
    expect(objects.length).toBeGreaterThan(35);
    for (const object of objects) await dryRun(kube, object);
  });
});

describe('an installed release', () => {
  let namespace: string;
  beforeAll(async () => {
    namespace = (await kube.createNamespace('installed')).name;
    await helm.upgrade(inCluster(namespace));
  });

  it('tells how to go on', async () => {
    const notes = await helm.upgrade(inCluster(namespace));
    expect(notes).toContain('argocd-initial-admin-secret');
    expect(notes).toContain(`kubectl -n ${namespace} port-forward svc/argocd-server 8080:443`);
  });

  it('has pods that the restricted Pod Security Standard admits', async () => {
    const path = `/api/v1/namespaces/${namespace}`;
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    await kube.request('PATCH', path, { metadata: { labels } }, 'application/merge-patch+json');
    for (const { name, template } of workloadsOf(await helm.template(inCluster(namespace))).values())
      await dryRun(kube, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace },
        spec: template.spec,
      });
    const root = { containers: [{ name: 'root', image: 'root' }] };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'root', namespace }, spec: root };
    await expect(dryRun(kube, pod)).rejects.toThrow('violates PodSecurity');
  });

  it.each<[string, string, string, boolean]>([
    ['argocd-application-controller', 'patch', 'argoproj.io/applications', true],
    ['argocd-application-controller', 'create', 'apps/deployments', true],
    ['argocd-server', 'create', 'argoproj.io/applications', true],
    ['argocd-server', 'update', '/secrets', true],
    ['argocd-server', 'create', 'apps/deployments', false],
    ['argocd-server', 'create', '/pods/exec', false],
    ['argocd-notifications-controller', 'patch', 'argoproj.io/applications', true],
    ['argocd-notifications-controller', 'create', 'argoproj.io/applications', false],
    ['argocd-notifications-controller', 'get', '/secrets/argocd-notifications-secret', true],
    ['argocd-notifications-controller', 'get', '/secrets/argocd-secret', false],
    ['argocd-notifications-controller', 'list', '/secrets', false],
    ['argocd-repo-server', 'get', '/configmaps/argocd-cm', false],
    ['argocd-repo-server', 'list', 'argoproj.io/applications', false],
    ['argocd-redis', 'get', '/secrets/argocd-redis', false],
  ])('%s: %s %s is %s', async (account, verb, target, allowed) => {
    expect(await may(account, { namespace, verb, target })).toBe(allowed);
  });

  it('gives its services nothing in other namespaces when rights are limited', async () => {
    const own = (await kube.createNamespace('limited')).name;
    const managed = (await kube.createNamespace('managed')).name;
    await helm.upgrade(
      inCluster(own, {
        controller: { clusterAdmin: false, managedNamespaces: [managed] },
        server: { clusterRights: false },
      }),
    );
    const asked = { verb: 'create', target: 'apps/deployments', account: own };
    expect(await may('argocd-application-controller', { ...asked, namespace: managed })).toBe(true);
    expect(await may('argocd-application-controller', { ...asked, namespace: 'default' })).toBe(false);
    expect(await may('argocd-application-controller', { ...asked, namespace: own })).toBe(false);
    const read = { verb: 'get', target: '/secrets', account: own };
    expect(await may('argocd-server', { ...read, namespace: own })).toBe(true);
    expect(await may('argocd-server', { ...read, namespace: managed })).toBe(false);
  });

  interface Question {
    readonly namespace: string;
    readonly verb: string;
    /** `group/resource/name`; the name may be left out. */
    readonly target: string;
    /** The ServiceAccount's namespace, when it is another. */
    readonly account?: string;
  }

  async function may(name: string, question: Question): Promise<boolean> {
    const [group = '', resource = '', rest] = question.target.split('/');
    const isSubresource = resource === 'pods' && rest !== undefined;
    const review = await kube.request<{ status: { allowed: boolean } }>(
      'POST',
      '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: {
          user: `system:serviceaccount:${question.account ?? question.namespace}:${name}`,
          groups: ['system:serviceaccounts', 'system:authenticated'],
          resourceAttributes: {
            namespace: question.namespace,
            verb: question.verb,
            group,
            resource,
            ...(isSubresource ? { subresource: rest } : rest !== undefined && { name: rest }),
          },
        },
      },
    );
    return review.status.allowed;
  }
});

describe('an upgrade', () => {
  it('keeps every generated secret, and what people and the server wrote', async () => {
    const { name: namespace } = await kube.createNamespace('upgrade');
    await helm.upgrade(
      inCluster(namespace, { config: { cm: { url: 'https://old', 'admin.enabled': 'true' } } }),
    );
    const before = await secretsOf(namespace);
    await edit('ConfigMap', namespace, 'argocd-cm', { 'accounts.ci': 'apiKey' });
    await edit('ConfigMap', namespace, 'argocd-ssh-known-hosts-cm', {
      ssh_known_hosts: 'git.example.com ssh-ed25519 AAAA\n',
    });
    await edit('Secret', namespace, 'argocd-secret', { 'admin.password': base64('hash') });
    await edit('Secret', namespace, 'argocd-notifications-secret', { token: base64('t') });

    await helm.upgrade(
      inCluster(namespace, { config: { cm: { url: 'https://new' } }, server: { replicas: 2 } }),
    );

    expect(await secretsOf(namespace)).toEqual(before);
    expect(await data('ConfigMap', namespace, 'argocd-cm')).toEqual({
      url: 'https://new',
      'accounts.ci': 'apiKey',
    });
    expect(await data('ConfigMap', namespace, 'argocd-ssh-known-hosts-cm')).toEqual({
      ssh_known_hosts: 'git.example.com ssh-ed25519 AAAA\n',
    });
    expect(await data('Secret', namespace, 'argocd-secret')).toEqual({ 'admin.password': base64('hash') });
    expect(await data('Secret', namespace, 'argocd-notifications-secret')).toEqual({ token: base64('t') });
  });

  it('leaves pods alone when nothing changed', async () => {
    const { name: namespace } = await kube.createNamespace('same');
    const generations = async (): Promise<number[]> => {
      const lists = await Promise.all(
        ['deployments', 'statefulsets'].map((kind) =>
          kube.request<{ items: { metadata: { generation: number } }[] }>(
            'GET',
            `/apis/apps/v1/namespaces/${namespace}/${kind}`,
          ),
        ),
      );
      return lists.flatMap(({ items }) => items.map(({ metadata }) => metadata.generation));
    };
    await helm.upgrade(inCluster(namespace));
    const before = await generations();
    expect(before).toEqual([1, 1, 1, 1, 1]);
    await helm.upgrade(inCluster(namespace));
    expect(await generations()).toEqual(before);
    await helm.upgrade({ kubeconfig: kube.kubeconfigPath, namespace, extraArgs: ['--reuse-values'] });
    expect(await generations()).toEqual(before);
  });

  it('issues a lost certificate anew under the same CA, and leaves the others', async () => {
    const { name: namespace } = await kube.createNamespace('lost');
    await helm.upgrade(inCluster(namespace));
    const before = await secretsOf(namespace);
    const lost = 'tiphys-internal-tls-repo-server';
    await kube.remove({ apiVersion: 'v1', kind: 'Secret', name: lost, namespace });
    await helm.upgrade(inCluster(namespace));
    const after = await secretsOf(namespace);
    const { [lost]: oldPair, ...oldRest } = before;
    const { [lost]: newPair, ...newRest } = after;
    expect(newRest).toEqual(oldRest);
    expect(newPair?.['tls.crt']).not.toBe(oldPair?.['tls.crt']);
    const pem = (text = ''): Buffer => Buffer.from(text, 'base64');
    const ca = new X509Certificate(pem(after['tiphys-internal-ca']?.['tls.crt']));
    expect(new X509Certificate(pem(newPair?.['tls.crt'])).verify(ca.publicKey)).toBe(true);
  });

  it('renews the CA and every certificate when they are due', async () => {
    const { name: namespace } = await kube.createNamespace('due');
    await helm.upgrade(inCluster(namespace));
    const before = await secretsOf(namespace);
    const annotations = { 'tiphys.internal/issued-at': String(Math.floor(Date.now() / 1000) - 31 * 86_400) };
    const path = dataPath('Secret', namespace, 'tiphys-internal-ca');
    await kube.request('PATCH', path, { metadata: { annotations } }, 'application/merge-patch+json');
    await helm.upgrade(inCluster(namespace, { internalTls: { renewAfterDays: 30 } }));
    const after = await secretsOf(namespace);
    for (const name of generated.filter((one) => one.startsWith('tiphys-internal')))
      expect(after[name]?.['tls.crt'], name).not.toBe(before[name]?.['tls.crt']);
    expect(after['argocd-redis']).toEqual(before['argocd-redis']);
    const issued = await kube.request<{ metadata: { annotations: Data } }>('GET', path);
    expect(Number(issued.metadata.annotations['tiphys.internal/issued-at'])).toBeGreaterThan(
      Date.now() / 1000 - 600,
    );
  });
});

describe('the CRDs and the Applications', () => {
  const release = (): ClusterOptions => ({ kubeconfig: kube.kubeconfigPath, namespace: 'argocd' });
  const applications = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';

  /** Helm keeps chart and manifest in one secret, which may hold 1 MiB. */
  async function releaseBytes(): Promise<number> {
    const { release: text = '' } = await data('Secret', 'argocd', 'sh.helm.release.v1.argocd.v1');
    return Buffer.byteLength(text);
  }

  it('outlive an uninstall together with the settings, and a new install takes them up', async () => {
    await helm.upgrade(release());
    expect(await releaseBytes()).toBeLessThan(512 * 1024);
    await kube.request('POST', applications, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'guestbook' },
      spec: {
        project: 'default',
        source: { repoURL: 'https://example.com/r.git', path: '.' },
        destination: { name: 'in-cluster' },
      },
    });
    await edit('Secret', 'argocd', 'argocd-secret', { 'server.secretkey': base64('key') });
    const password = await data('Secret', 'argocd', 'argocd-redis');

    await helm.uninstall(release());

    const { items } = await kube.request<{ items: unknown[] }>('GET', applications);
    expect(items).toHaveLength(1);
    expect(await data('Secret', 'argocd', 'argocd-secret')).toEqual({ 'server.secretkey': base64('key') });
    const gone = await kube.send({
      method: 'GET',
      path: '/apis/apps/v1/namespaces/argocd/deployments/argocd-server',
    });
    expect(gone.status).toBe(404);

    await helm.upgrade(release());
    expect(await data('Secret', 'argocd', 'argocd-redis')).toEqual(password);
    expect(await data('Secret', 'argocd', 'argocd-secret')).toEqual({ 'server.secretkey': base64('key') });
    await helm.uninstall(release());
  });
});

describe('a switch-over', () => {
  it('takes up the config maps and secrets of an installation that helm did not make', async () => {
    const { name: namespace } = await kube.createNamespace('switch');
    const labels = { 'app.kubernetes.io/part-of': 'argocd' };
    const put = (kind: Kind, name: string, content: Data): Promise<unknown> =>
      kube.apply({ apiVersion: 'v1', kind, metadata: { name, namespace, labels }, data: content });
    await put('ConfigMap', 'argocd-cm', { url: 'https://cd.example.com', 'dex.config': 'connectors: []' });
    await put('ConfigMap', 'argocd-rbac-cm', { 'policy.csv': 'g, team, role:admin' });
    await put('Secret', 'argocd-secret', { 'server.secretkey': base64('k'), 'admin.password': base64('h') });
    await put('Secret', 'argocd-redis', { auth: base64('old-password') });

    await expect(helm.upgrade(inCluster(namespace))).rejects.toThrow('invalid ownership metadata');
    await helm.upgrade({ ...inCluster(namespace), extraArgs: ['--take-ownership'] });

    expect(await data('ConfigMap', namespace, 'argocd-cm')).toEqual({
      url: 'https://cd.example.com',
      'dex.config': 'connectors: []',
    });
    expect(await data('ConfigMap', namespace, 'argocd-rbac-cm')).toEqual({
      'policy.csv': 'g, team, role:admin',
    });
    expect(await data('Secret', namespace, 'argocd-secret')).toEqual({
      'server.secretkey': base64('k'),
      'admin.password': base64('h'),
    });
    expect(await data('Secret', namespace, 'argocd-redis')).toEqual({ auth: base64('old-password') });
  });
});
