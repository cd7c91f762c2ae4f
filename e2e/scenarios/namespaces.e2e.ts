import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { annotations, type Application, type KubeObject } from '@tiphys/model';
import { configMap, givenTiphys } from '@tiphys/testing/given';
import { poll } from '@tiphys/testing/processes';
import { startHttpReceiver, type HttpReceiver } from '@tiphys/testing/receivers';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;
let hook: HttpReceiver;

beforeAll(async () => {
  hook = await startHttpReceiver();
  tiphys = await givenTiphys({
    values: {
      config: {
        params: { 'application.namespaces': 'team-*,/^squad-[0-9]$/' },
        notifications: {
          'service.webhook.hook': `url: ${hook.url}`,
          'trigger.on-deployed': "- when: app.status.sync.status == 'Synced'\n  send: [deployed]\n",
          'template.deployed':
            'webhook:\n  hook:\n    method: POST\n    path: /\n    body: "{{.app.metadata.namespace}}/{{.app.metadata.name}}"\n',
        },
      },
    },
  });
  for (const name of ['team-a', 'team-b', 'squad-1', 'outside'])
    await tiphys.kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } } as never);
  await tiphys.project('teams', {
    sourceRepos: ['*'],
    destinations: [{ server: '*', namespace: '*' }],
    sourceNamespaces: ['team-a', 'squad-*'],
  });
});

afterAll(async () => {
  await tiphys.close();
  await hook.stop();
});

const v1 = '/api/v1/applications';

async function sourceOf(name: string, files: Readonly<Record<string, string>> = {}) {
  const repoURL = await tiphys.repository(name, { 'cm.yaml': configMap(name, '1'), ...files });
  return { repoURL, path: '.', targetRevision: 'main' };
}

const trackingIdOf = async (name: string): Promise<string | undefined> =>
  (await tiphys.live<KubeObject>('v1', 'ConfigMap', name))?.metadata.annotations?.[annotations.trackingId];

const foreign = (name: string, namespace: string): RegExp =>
  new RegExp(
    `^application '${name}' in namespace '${namespace}' is not permitted to use project 'teams'$`,
    'u',
  );

describe('an Application in a namespace of its own', () => {
  it('Given the project takes the namespace, When it is automated, Then it is deployed and carries its namespace in its marks', async () => {
    const app = await tiphys.deployed('team-a/web', { project: 'teams', source: await sourceOf('web') });
    expect(app.status?.conditions ?? []).toEqual([]);
    expect(app.status?.controllerNamespace).toBe(tiphys.system.namespace);
    expect(await trackingIdOf('web')).toBe(`team-a_web:/ConfigMap:${tiphys.target}/web`);
    await tiphys.deployed('squad-1/web', { project: 'teams', source: await sourceOf('web-of-squad') });
    expect(await trackingIdOf('web-of-squad')).toBe(`squad-1_web:/ConfigMap:${tiphys.target}/web-of-squad`);
    expect(await tiphys.data('web')).toEqual({ v: '1' });
  });

  it('Given two of one name, When one is deleted, Then the objects of the other stay', async () => {
    for (const namespace of ['team-a', 'squad-1'])
      await tiphys.deployed(`${namespace}/twin`, {
        project: 'teams',
        source: await sourceOf(`twin-${namespace}`),
      });
    await tiphys.deleteApplication('team-a/twin');
    await tiphys.isGone('team-a/twin');
    expect(await tiphys.data('twin-team-a')).toBeUndefined();
    expect(await tiphys.data('twin-squad-1')).toEqual({ v: '1' });
  });

  it('Given it is named with its namespace, When the API is asked, Then it reads, syncs and deletes that one', async () => {
    const source = await sourceOf('by-api');
    const destination = { server: 'https://kubernetes.default.svc', namespace: tiphys.target };
    const metadata = { name: 'by-api', namespace: 'team-a' };
    await tiphys.rest.send('DELETE', `${v1}/by-api?appNamespace=team-a`);
    await tiphys.isGone('team-a/by-api');
    await tiphys.rest.call('POST', v1, { metadata, spec: { project: 'teams', source, destination } });
    await tiphys.rest.call('POST', `${v1}/by-api/sync`, { name: 'by-api', appNamespace: 'team-a' });
    await tiphys.becomesSynced('team-a/by-api');
    const found = await tiphys.rest.call<Application>('GET', `${v1}/by-api?appNamespace=team-a`);
    expect(found.metadata.namespace).toBe('team-a');
    const tree = await tiphys.rest.call<{ nodes: readonly { name: string }[] }>(
      'GET',
      `${v1}/by-api/resource-tree?appNamespace=team-a`,
    );
    expect(tree.nodes.map(({ name }) => name)).toEqual(['by-api']);
    const { items } = await tiphys.rest.call<{ items: readonly Application[] }>(
      'GET',
      `${v1}?appNamespace=team-a`,
    );
    expect(items.map((item) => item.metadata.namespace)).toEqual(items.map(() => 'team-a'));
    expect((await tiphys.rest.send('GET', `${v1}/by-api`)).status).toBe(403);
    await tiphys.rest.call('DELETE', `${v1}/by-api?appNamespace=team-a`);
    await tiphys.isGone('team-a/by-api');
    expect(await tiphys.data('by-api')).toBeUndefined();
  });

  it('Given a subscription, When it is deployed, Then the notification is sent and remembered there', async () => {
    await tiphys.deployed('team-a/told', { project: 'teams', source: await sourceOf('told') });
    await tiphys.patch('team-a/told', {
      metadata: { annotations: { 'notifications.argoproj.io/subscribe.on-deployed.hook': '' } },
    });
    await poll(() => hook.requests.some(({ body }) => body === 'team-a/told'), {
      what: 'the webhook is told',
      timeoutMs: 30_000,
    });
    await tiphys.eventually(
      'team-a/told',
      'remembers what was sent',
      ({ metadata }) => metadata.annotations?.['notified.notifications.argoproj.io'] !== undefined,
    );
  });
});

describe('an Application whose project does not take its namespace (CVE-2024-31990)', () => {
  it('Given it names the project all the same, When it is automated, synced and deleted, Then nothing is done in the name of the project', async () => {
    const job = (name: string, type: string): string =>
      configMap(name, '1').replace(
        `name: ${name}`,
        `name: ${name}\n  annotations: { argocd.argoproj.io/hook: ${type} }`,
      );
    const source = await sourceOf('intruder', { 'hook.yaml': job('intruder-hook', 'PreDelete') });
    await tiphys.application('team-b/intruder', { project: 'teams', auto: true, source });
    await tiphys.hasCondition('team-b/intruder', 'InvalidSpecError', foreign('intruder', 'team-b'));

    await tiphys.operate('team-b/intruder', { sync: {} });
    const app = await tiphys.eventually(
      'team-b/intruder',
      'ended its sync',
      ({ status, operation }) => operation === undefined && status?.operationState?.finishedAt !== undefined,
    );
    expect(app.status?.operationState?.phase).toBe('Error');
    const synced = await tiphys.rest.send('POST', `${v1}/intruder/sync`, {
      name: 'intruder',
      appNamespace: 'team-b',
    });
    expect(synced.status).toBe(400);

    const stage = 'pre-delete-finalizer.argocd.argoproj.io';
    await tiphys.patch('team-b/intruder', {
      metadata: { finalizers: ['resources-finalizer.argocd.argoproj.io', stage] },
    });
    await tiphys.deleteApplication('team-b/intruder');
    await tiphys.hasCondition('team-b/intruder', 'DeletionError', foreign('intruder', 'team-b'));
    expect(await tiphys.data('intruder')).toBeUndefined();
    expect(await tiphys.data('intruder-hook')).toBeUndefined();
    await tiphys.patch('team-b/intruder', { metadata: { finalizers: null } });
    await tiphys.isGone('team-b/intruder');
  });

  it('Given a live Application, When the project turns its namespace away, Then its objects stay and it is told', async () => {
    await tiphys.deployed('team-a/turned', { project: 'teams', source: await sourceOf('turned') });
    const rest = { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] };
    await tiphys.project('teams', { ...rest, sourceNamespaces: ['squad-*'] });
    await tiphys.hasCondition('team-a/turned', 'InvalidSpecError', foreign('turned', 'team-a'));
    await tiphys.kube.remove({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: 'turned',
      namespace: tiphys.target,
    });
    await tiphys.refresh('team-a/turned');
    await tiphys.eventually(
      'team-a/turned',
      'was looked at',
      ({ metadata }) => metadata.annotations?.[annotations.refresh] === undefined,
    );
    expect(await tiphys.data('turned')).toBeUndefined();
    await tiphys.project('teams', { ...rest, sourceNamespaces: ['team-a', 'squad-*'] });
    await tiphys.becomesLive('turned', { v: '1' });
  });
});

describe('a namespace that Applications may not live in (CVE-2023-22736)', () => {
  it('Given an Application there, When it is automated, Then nobody touches it and the API does not know it', async () => {
    const source = await sourceOf('unserved');
    await tiphys.project('all', {
      sourceRepos: ['*'],
      destinations: [{ server: '*', namespace: '*' }],
      sourceNamespaces: ['*'],
    });
    await tiphys.application('outside/unserved', { project: 'all', auto: true, cascade: false, source });
    await tiphys.deployed('team-b/served', { project: 'all', source: await sourceOf('served') });
    const untouched = await tiphys.app('outside/unserved');
    expect(untouched?.status).toBeUndefined();
    expect(await tiphys.data('unserved')).toBeUndefined();
    expect((await tiphys.rest.send('GET', `${v1}/unserved?appNamespace=outside`)).status).toBe(403);
    const created = await tiphys.rest.send<{ message: string }>('POST', v1, {
      metadata: { name: 'created', namespace: 'outside' },
      spec: { project: 'all', source, destination: { name: 'in-cluster', namespace: tiphys.target } },
    });
    expect(created).toMatchObject({ status: 403, body: { message: "namespace 'outside' is not permitted" } });
    await tiphys.deleteApplication('outside/unserved');
  });
});
