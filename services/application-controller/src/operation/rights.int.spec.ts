import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refOf, type Application, type AppProject, type KubeObject } from '@tiphys/model';
import { sharedKubeEnv, type KubeAccess } from '@tiphys/testing/kube-env';
import { startView, type StartedView } from '../testing/start-view.ts';
import { grant, type RightsSource } from './rights.ts';
import { WriteGateway } from './write-gateway.ts';

let kube: KubeAccess;
let namespace = '';
let started: StartedView;

const rbac = 'rbac.authorization.k8s.io/v1';

beforeAll(async () => {
  kube = await sharedKubeEnv();
  namespace = (await kube.createNamespace('rights')).name;
  started = await startView(kube, { exclusions: [], inclusions: [{ apiGroups: ['', 'apps'] }] });
  const metadata = { name: 'deployer', namespace };
  await kube.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  await kube.apply({
    apiVersion: rbac,
    kind: 'Role',
    metadata,
    rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['*'] }],
  });
  await kube.apply({
    apiVersion: rbac,
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'deployer' },
    subjects: [{ kind: 'ServiceAccount', name: 'deployer', namespace }],
  });
});

afterAll(async () => {
  await started.view.close();
  await kube.remove({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
});

const project: AppProject = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name: 'team' },
  spec: {
    destinations: [{ server: '*', namespace: '*' }],
    destinationServiceAccounts: [{ server: '*', namespace: '*', defaultServiceAccount: 'deployer' }],
  },
};

function gatewayWith(source: Partial<RightsSource>): WriteGateway {
  const app: Application = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'web', namespace: 'argocd' },
    spec: { project: 'team', destination: { server: 'https://x', namespace } },
  };
  const destination = { server: 'https://x', name: 'x', namespace };
  return new WriteGateway(
    started.view,
    project,
    grant(destination, app, {
      project: () => project,
      settings: { impersonation: { enabled: true, enforced: true } },
      ...source,
    }),
  );
}

const map = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
});

const deployment = (): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'example.com/web' }] },
    },
  },
});

const create = (gateway: WriteGateway, object: KubeObject): Promise<KubeObject> =>
  gateway.create(object, refOf(object), { validate: true });

const exists = async ({ apiVersion, kind, metadata: { name = '' } }: KubeObject): Promise<boolean> =>
  (await kube.find({ apiVersion, kind, name, namespace })) !== undefined;

const unnamed: AppProject = { ...project, spec: { ...project.spec, destinationServiceAccounts: [] } };

describe('writing with the rights of a service account', () => {
  it('writes what the account may write, and says in the words of the API server what it may not', async () => {
    const gateway = gatewayWith({});
    await create(gateway, map('allowed'));
    expect(await exists(map('allowed'))).toBe(true);
    await expect(create(gateway, deployment())).rejects.toMatchObject({
      code: 'permission-denied',
      message: expect.stringContaining(
        `User "system:serviceaccount:${namespace}:deployer" cannot create resource "deployments" in API group "apps"`,
      ) as unknown,
    });
    expect(await exists(deployment())).toBe(false);
    await expect(gateway.get(deployment(), refOf(deployment()))).rejects.toMatchObject({
      code: 'permission-denied',
    });
  });

  it('writes nothing where no account is named for the destination', async () => {
    const gateway = gatewayWith({ project: () => unnamed });
    const message =
      'failed to find a matching service account to impersonate: ' +
      `no matching service account found for destination server https://x and namespace ${namespace}`;
    expect(() => {
      gateway.assertRights();
    }).toThrow(message);
    await expect(create(gateway, map('unnamed'))).rejects.toThrow(message);
    expect(await exists(map('unnamed'))).toBe(false);
  });

  it('has its own rights where impersonation is off, or not enforced and no account named', async () => {
    const off = gatewayWith({ settings: { impersonation: { enabled: false, enforced: true } } });
    await create(off, { ...deployment(), metadata: { name: 'own', namespace } });
    const lenient = { impersonation: { enabled: true, enforced: false } };
    await create(gatewayWith({ project: () => unnamed, settings: lenient }), map('lenient'));
    expect(await exists(map('lenient'))).toBe(true);
    await expect(create(gatewayWith({ settings: lenient }), deployment())).rejects.toMatchObject({
      code: 'permission-denied',
    });
  });

  it('keeps objects of the whole cluster out of clusters that the project does not permit (CVE-2026-77459)', async () => {
    const kinds = [{ group: '', kind: 'Namespace' }];
    const elsewhere: AppProject = {
      ...project,
      spec: {
        ...project.spec,
        destinations: [{ server: 'https://y', namespace: '*' }],
        clusterResourceWhitelist: kinds,
      },
    };
    const object: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${namespace}-x` } };
    await expect(create(gatewayWith({ project: () => elsewhere }), object)).rejects.toMatchObject({
      code: 'permission-denied',
      message: expect.stringContaining(
        `cluster https://x with namespace '${namespace}' is not permitted in project 'team'`,
      ),
    });
    expect(await kube.find({ apiVersion: 'v1', kind: 'Namespace', name: `${namespace}-x` })).toBeUndefined();
  });

  it('stops at once when the project changes or goes while objects are written', async () => {
    let now: AppProject | undefined = project;
    const gateway = gatewayWith({ project: () => now });
    await create(gateway, map('before'));
    now = {
      ...project,
      spec: { ...project.spec, namespaceResourceBlacklist: [{ group: '', kind: 'ConfigMap' }] },
    };
    await expect(create(gateway, map('denied'))).rejects.toThrow('resource :ConfigMap is not permitted');
    now = undefined;
    await expect(create(gateway, map('orphan'))).rejects.toMatchObject({ code: 'permission-denied' });
    expect([await exists(map('denied')), await exists(map('orphan'))]).toEqual([false, false]);
  });
});
