import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Application } from '@tiphys/model';
import { configMap, givenTiphys } from '@tiphys/testing/given';
import { poll } from '@tiphys/testing/processes';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;

beforeAll(async () => {
  tiphys = await givenTiphys();
});

afterAll(async () => {
  await tiphys.close();
});

const yaml = (object: object): string => JSON.stringify(object);

interface Node {
  readonly kind: string;
  readonly name: string;
  readonly parentRefs?: readonly { readonly kind: string }[];
  readonly networkingInfo?: object;
}

interface Tree {
  readonly nodes: readonly Node[];
  readonly orphanedNodes?: readonly Node[];
  readonly hosts?: readonly { readonly name: string }[];
}

const treeOf = (name: string): Promise<Tree> =>
  tiphys.rest.call<Tree>('GET', `/api/v1/applications/${name}/resource-tree`);

const hasNoCondition = (type: string) => (app: Application) =>
  !(app.status?.conditions ?? []).some((condition) => condition.type === type);

const limits = yaml({
  apiVersion: 'v1',
  kind: 'LimitRange',
  metadata: { name: 'limits' },
  spec: { limits: [{ type: 'Container', default: { cpu: '1' } }] },
});

describe('kinds that the settings leave out', () => {
  it('Given an Application, When one of its kinds is excluded and taken in again, Then it says so in between', async () => {
    const repoURL = await tiphys.repository('kinds', { 'a.yaml': configMap('kinds', '1'), 'l.yaml': limits });
    await tiphys.deployed('kinds', { source: { repoURL, path: '.', targetRevision: 'main' } });

    await tiphys.setting('argocd-cm', { 'resource.exclusions': '- apiGroups: [""]\n  kinds: [Limit*]\n' });
    const app = await tiphys.hasCondition(
      'kinds',
      'ExcludedResourceWarning',
      /^Resource \/LimitRange limits is excluded in the settings$/u,
    );
    expect(app.status?.resources?.map(({ kind }) => kind)).toEqual(['ConfigMap']);
    expect(await tiphys.live('v1', 'LimitRange', 'limits')).toBeDefined();

    await tiphys.setting('argocd-cm', { 'resource.exclusions': null });
    const back = await tiphys.eventually(
      'kinds',
      'has both kinds again',
      ({ status }) => status?.resources?.length === 2 && status.sync?.status === 'Synced',
    );
    expect(hasNoCondition('ExcludedResourceWarning')(back)).toBe(true);
  });
});

describe('the resource tree', () => {
  it('Given a workload with its network, When it runs, Then the tree tells how traffic and pods go', async () => {
    const labels = { app: 'shop' };
    const repoURL = await tiphys.repository('shop', {
      'all.yaml': [
        yaml({
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'shop' },
          spec: {
            selector: { matchLabels: labels },
            template: {
              metadata: { labels },
              spec: { containers: [{ name: 'main', image: 'example.com/shop:1' }] },
            },
          },
        }),
        yaml({
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'shop' },
          spec: { selector: labels, ports: [{ port: 80 }] },
        }),
        yaml({
          apiVersion: 'networking.k8s.io/v1',
          kind: 'Ingress',
          metadata: {
            name: 'shop',
            annotations: {
              'argocd.argoproj.io/ignore-healthcheck': 'true',
              'link.argocd.argoproj.io/docs': 'Docs|https://docs.example.com/shop',
            },
          },
          spec: {
            rules: [
              {
                host: 'shop.example.com',
                http: {
                  paths: [
                    {
                      path: '/',
                      pathType: 'Prefix',
                      backend: { service: { name: 'shop', port: { number: 80 } } },
                    },
                  ],
                },
              },
            ],
          },
        }),
      ].join('\n---\n'),
    });
    await tiphys.deployed('shop', { source: { repoURL, path: '.', targetRevision: 'main' } });
    const tree = await poll(
      async () => {
        const seen = await treeOf('shop');
        return seen.hosts === undefined ? undefined : seen;
      },
      { what: 'the pod has its host', timeoutMs: 30_000 },
    );
    const node = (kind: string): Node | undefined => tree.nodes.find((one) => one.kind === kind);
    expect(node('Pod')?.parentRefs).toMatchObject([{ kind: 'ReplicaSet' }]);
    expect(node('Pod')?.networkingInfo).toMatchObject({ labels });
    expect(node('Service')?.networkingInfo).toEqual({ targetLabels: labels });
    const externalURLs = ['Docs|https://docs.example.com/shop', 'http://shop.example.com/'];
    expect(node('Ingress')?.networkingInfo).toEqual({
      targetRefs: [{ kind: 'Service', namespace: tiphys.target, name: 'shop' }],
      externalURLs,
    });
    const app = await tiphys.becomesSynced('shop');
    expect(app.status?.summary).toEqual({ images: ['example.com/shop:1'], externalURLs });
  });

  it('Given an Application of Applications, When it is synced, Then its summary says so', async () => {
    const repoURL = await tiphys.repository('parent', { 'kinds/cm.yaml': configMap('grandchild', '1') });
    const child = yaml({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'child', namespace: tiphys.system.namespace },
      spec: {
        project: 'default',
        source: { repoURL, path: 'kinds', targetRevision: 'main' },
        destination: { server: 'https://kubernetes.default.svc', namespace: tiphys.target },
      },
    });
    await tiphys.git.commit('parent', { 'apps/child.yaml': child }, 'a child');
    const app = await tiphys.deployed('parent', {
      source: { repoURL, path: 'apps', targetRevision: 'main' },
    });
    expect(app.status?.summary).toEqual({ isAppOfApps: true });
  });
});

describe('what belongs to nobody', () => {
  it('Given a project that asks for it, When objects come and go, Then their number is told', async () => {
    const { name: namespace } = await tiphys.kube.createNamespace('orphans');
    await tiphys.project('orphans', {
      sourceRepos: ['*'],
      destinations: [{ server: '*', namespace: '*' }],
      orphanedResources: { ignore: [{ kind: 'ConfigMap', name: 'scratch-*' }] },
    });
    const repoURL = await tiphys.repository('orphans', { 'cm.yaml': configMap('owned', '1') });
    const app = await tiphys.deployed('orphans', {
      project: 'orphans',
      source: { repoURL, path: '.', targetRevision: 'main' },
      destination: { namespace },
    });
    expect(hasNoCondition('OrphanedResourceWarning')(app)).toBe(true);

    for (const name of ['left', 'scratch-1'])
      await tiphys.kube.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } });
    await tiphys.hasCondition(
      'orphans',
      'OrphanedResourceWarning',
      /^Application has 1 orphaned resources$/u,
    );
    expect((await treeOf('orphans')).orphanedNodes?.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'ConfigMap left',
    ]);

    await tiphys.kube.remove({ apiVersion: 'v1', kind: 'ConfigMap', name: 'left', namespace });
    await tiphys.eventually('orphans', 'warns no more', hasNoCondition('OrphanedResourceWarning'));
  });
});

describe('whose an object is', () => {
  it('Given marks of another installation and copied marks, When they name an Application, Then it leaves both alone', async () => {
    await tiphys.setting('argocd-cm', { installationID: 'here' });
    const repoURL = await tiphys.repository('marked', { 'cm.yaml': configMap('marked', '1') });
    const source = { repoURL, path: '.', targetRevision: 'main' };
    await tiphys.deployed('marked', { source });
    const marks = (await tiphys.live('v1', 'ConfigMap', 'marked'))?.metadata.annotations;
    expect(marks?.['argocd.argoproj.io/installation-id']).toBe('here');

    const stranger = (name: string, id: string, installation: string) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name,
        namespace: tiphys.target,
        annotations: {
          'argocd.argoproj.io/tracking-id': `marked:/ConfigMap:${tiphys.target}/${id}`,
          'argocd.argoproj.io/installation-id': installation,
        },
      },
    });
    await tiphys.kube.apply(stranger('foreign', 'foreign', 'there') as never);
    await tiphys.kube.apply(stranger('copied', 'marked', 'here') as never);
    await tiphys.kube.apply(stranger('ours', 'ours', 'here') as never);
    // The one that is ours is pruned, and was seen after the others.
    await tiphys.becomesLive('ours', undefined);
    const app = await tiphys.becomesSynced('marked');
    expect(app.status?.resources?.map(({ name }) => name)).toEqual(['marked']);
    for (const name of ['foreign', 'copied']) expect(await tiphys.data(name)).toEqual({});
    await tiphys.setting('argocd-cm', { installationID: null });
  });
});

describe('an object that two Applications claim', () => {
  it('Given an owner, When another Application has the same object, Then both are warned until one lets go', async () => {
    const repoURL = await tiphys.repository('claimed', { 'cm.yaml': configMap('claimed', '1') });
    const source = { repoURL, path: '.', targetRevision: 'main' };
    await tiphys.deployed('first-claim', { source });
    await tiphys.application('second-claim', { source, cascade: false });
    await tiphys.hasCondition(
      'second-claim',
      'SharedResourceWarning',
      /^ConfigMap\/claimed is part of applications .*\/second-claim and first-claim$/u,
    );
    await tiphys.sync('second-claim', { syncOptions: { items: ['FailOnSharedResource=true'] } });
    const failed = await tiphys.eventually(
      'second-claim',
      'failed',
      ({ status }) => status?.operationState?.phase === 'Failed',
    );
    expect(failed.status?.operationState?.message).toMatch(/^Shared resource found: ConfigMap\/claimed/u);
    expect(await tiphys.data('claimed')).toEqual({ v: '1' });
    await tiphys.deleteApplication('second-claim');
    await tiphys.isGone('second-claim');
    const first = await tiphys.becomesSynced('first-claim');
    expect(hasNoCondition('SharedResourceWarning')(first)).toBe(true);
  });
});

describe('changes that nobody has to look at', () => {
  it('Given a field that is left out, When it beats, Then its Application is not looked at', async () => {
    const rule = 'resource.customizations.ignoreResourceUpdates.ConfigMap';
    await tiphys.setting('argocd-cm', { [rule]: 'jsonPointers: [/data/beat]' });
    const repoURL = await tiphys.repository('beats', {
      'a/cm.yaml': configMap('beating', '1'),
      'b/cm.yaml': configMap('witness', '1'),
    });
    const source = (path: string) => ({ repoURL, path, targetRevision: 'main' });
    const manual = async (name: string, path: string): Promise<void> => {
      await tiphys.application(name, { source: source(path) });
      await tiphys.eventually(name, 'is compared', ({ status }) => status?.sync?.status === 'OutOfSync');
      await tiphys.sync(name);
      await tiphys.becomesSynced(name);
    };
    await manual('beats', 'a');
    await manual('witness', 'b');
    const edit = (name: string, data: object): Promise<unknown> =>
      tiphys.kube.request(
        'PATCH',
        `/api/v1/namespaces/${tiphys.target}/configmaps/${name}`,
        { data },
        'application/merge-patch+json',
      );
    const drifts = (name: string): Promise<Application> =>
      tiphys.eventually(name, 'is OutOfSync', ({ status }) => status?.sync?.status === 'OutOfSync');

    await edit('beating', { v: '1', beat: '1' });
    await edit('witness', { v: 'drifted' });
    await drifts('witness');
    const before = await tiphys.app('beats');
    expect(before?.status?.sync?.status).toBe('Synced');

    await edit('beating', { v: 'drifted' });
    await drifts('beats');
    await tiphys.setting('argocd-cm', { [rule]: null });
  });
});

describe('what Kubernetes Events tell', () => {
  const eventsOf = async (name: string): Promise<readonly string[]> => {
    const { items } = await tiphys.kube.request<{
      items: readonly { reason: string; message: string; source: { component: string } }[];
    }>(
      'GET',
      `/api/v1/namespaces/${tiphys.system.namespace}/events?fieldSelector=involvedObject.name%3D${name}`,
    );
    return items.map(({ reason, message, source }) => `${source.component} ${reason}: ${message}`);
  };

  const tells = (name: string, expected: readonly string[]): Promise<unknown> =>
    poll(
      async () => {
        expect(await eventsOf(name)).toEqual(expect.arrayContaining([...expected]));
        return true;
      },
      { what: `the events of ${name}`, timeoutMs: 30_000 },
    );

  it('Given an Application, When it is synced by hand and drifts, Then its life is told', async () => {
    const repoURL = await tiphys.repository('told', { 'cm.yaml': configMap('told', '1') });
    await tiphys.application('told', { source: { repoURL, path: '.', targetRevision: 'main' } });
    await tiphys.eventually('told', 'is compared', ({ status }) => status?.sync?.status === 'OutOfSync');
    await tiphys.sync('told');
    const app = await tiphys.becomesSynced('told');
    const revision = app.status?.sync?.revision ?? '';
    const controller = 'argocd-application-controller';
    await tells('told', [
      `${controller} ResourceUpdated: Updated sync status:  -> OutOfSync`,
      `${controller} ResourceUpdated: Updated health status:  -> Missing`,
      `argocd-server OperationStarted: admin initiated sync to main (${revision})`,
      `${controller} OperationCompleted: Sync operation to ${revision} succeeded`,
      `${controller} ResourceUpdated: Updated sync status: OutOfSync -> Synced`,
    ]);
  });

  it('Given an automated Application, When its sync fails, Then a warning tells why', async () => {
    const broken = yaml({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'warned' },
      spec: { ports: [{ port: 99_999 }] },
    });
    const repoURL = await tiphys.repository('warned', { 'service.yaml': broken });
    await tiphys.application('warned', {
      source: { repoURL, path: '.', targetRevision: 'main' },
      syncPolicy: { automated: {}, retry: { limit: 0 } },
    });
    await tiphys.eventually('warned', 'failed', ({ status }) => status?.operationState?.phase === 'Failed');
    const events = await poll(
      async () => {
        const seen = await eventsOf('warned');
        return seen.some((text) => text.includes('OperationCompleted')) ? seen : undefined;
      },
      { what: 'the end is told', timeoutMs: 30_000 },
    );
    expect(events.join('\n')).toMatch(/OperationStarted: Initiated automated sync to '[0-9a-f]{40}'/u);
    expect(events.join('\n')).toMatch(/OperationCompleted: Sync operation to [0-9a-f]{40} failed: .*99999/u);
  });
});

describe('kinds that come and go', () => {
  const crd = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'gadgets.live.example.com' },
    spec: {
      group: 'live.example.com',
      scope: 'Namespaced',
      names: { kind: 'Gadget', plural: 'gadgets', singular: 'gadget', listKind: 'GadgetList' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  };
  const remove = (): Promise<void> =>
    tiphys.kube.remove({ apiVersion: crd.apiVersion, kind: crd.kind, name: crd.metadata.name });

  it('Given objects of a kind that nobody serves, When it comes and goes, Then only their Application notices', async () => {
    await remove();
    const gadget = yaml({ apiVersion: 'live.example.com/v1', kind: 'Gadget', metadata: { name: 'first' } });
    const repoURL = await tiphys.repository('gadgets', {
      'with/gadget.yaml': gadget,
      'without/cm.yaml': configMap('bystander', '1'),
    });
    const source = (path: string) => ({ repoURL, path, targetRevision: 'main' });
    await tiphys.application('gadgets', {
      source: source('with'),
      syncPolicy: {
        automated: { prune: true, selfHeal: true },
        syncOptions: ['SkipDryRunOnMissingResource=true'],
        retry: { limit: -1, backoff: { duration: '1s', maxDuration: '1s' } },
      },
    });
    await tiphys.deployed('bystander', { source: source('without') });
    await tiphys.eventually(
      'gadgets',
      'cannot be synced yet',
      ({ status }) => status?.sync?.status === 'OutOfSync' && status.operationState !== undefined,
    );
    await tiphys.kube.apply(crd as never);
    await tiphys.becomesSynced('gadgets', 60_000);
    expect(await tiphys.live('live.example.com/v1', 'Gadget', 'first')).toBeDefined();

    await remove();
    await tiphys.eventually(
      'gadgets',
      'lost its object',
      ({ status }) => status?.sync?.status !== 'Synced',
      60_000,
    );
    const bystander = await tiphys.becomesSynced('bystander');
    expect(bystander.status?.conditions ?? []).toEqual([]);
    await tiphys.deleteApplication('gadgets');
    await tiphys.isGone('gadgets', 60_000);
  });
});
