import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { annotations, labels } from '@tiphys/model';
import { startKubeEnv, type KubeEnv } from '@tiphys/testing/kube-env';
import { poll } from '@tiphys/testing/processes';
import { startTcpProxy, type TcpProxy } from '@tiphys/testing/tcp-proxy';
import { configMap, givenTiphys } from '@tiphys/testing/given';

/** Everything here runs in a namespace and a release of other names than the usual ones. */
const home = { namespace: 'delivery', release: 'cd' };

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;
let far: KubeEnv;
let link: TcpProxy;
let farServer: string;
let farTarget: string;

beforeAll(async () => {
  [tiphys, far] = await Promise.all([givenTiphys(home), startKubeEnv({ scheduler: false, kwok: false })]);
  link = await startTcpProxy(Number(new URL(far.apiUrl).port));
  farServer = `https://127.0.0.1:${link.port}`;
  farTarget = (await far.createNamespace('far')).name;
  await far.apply({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'tiphys-manager' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'manager', namespace: 'kube-system' }],
  } as never);
  await joinFar();
});

afterAll(async () => {
  await tiphys.close();
  await link.close();
  await far.stop();
});

/** The secret of the far cluster with a fresh token of its ServiceAccount. */
async function joinFar(broken?: string): Promise<void> {
  const bearerToken = await far.createServiceAccountToken('kube-system', 'manager');
  const caData = Buffer.from(far.caPem).toString('base64');
  const config = JSON.stringify({ bearerToken, tlsClientConfig: { caData } });
  await tiphys.secret(
    'far',
    { [labels.secretType]: 'cluster' },
    { name: 'far', server: farServer, config: broken ?? config },
  );
}

const farData = async (name: string): Promise<Record<string, string> | undefined> =>
  (
    await far.find<{ data?: Record<string, string> }>({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name,
      namespace: farTarget,
    })
  )?.data;

const source = (name: string) => ({ repoURL: tiphys.git.url(name), path: '.', targetRevision: 'main' });
const onFar = (how: { name: string } | { server: string }) => ({ ...how, namespace: farTarget });

describe('an installation under other names', () => {
  it('Given a namespace and a release of their own, When an Application is made, Then it is served there', async () => {
    expect(tiphys.system.namespace).toBe('delivery');
    await tiphys.repository('near', { 'cm.yaml': configMap('near', '1') });
    const app = await tiphys.deployed('near', { source: source('near') });
    expect(app.metadata.namespace).toBe('delivery');
    expect(app.status?.controllerNamespace).toBe('delivery');
    expect(await tiphys.data('near')).toEqual({ v: '1' });
    const { items } = await tiphys.rest.call<{ items: unknown[] }>('GET', '/api/v1/applications');
    expect(items).toHaveLength(1);
  });
});

describe('two clusters', () => {
  it('Given a cluster secret, When Applications name it or its address, Then their objects run there', async () => {
    await tiphys.repository('by-name', { 'cm.yaml': configMap('by-name', '1') });
    await tiphys.repository('by-server', { 'cm.yaml': configMap('by-server', '1') });
    await Promise.all([
      tiphys.deployed('by-name', { source: source('by-name'), destination: onFar({ name: 'far' }) }),
      tiphys.deployed('by-server', {
        source: source('by-server'),
        destination: onFar({ server: farServer }),
      }),
    ]);
    expect(await farData('by-name')).toEqual({ v: '1' });
    expect(await farData('by-server')).toEqual({ v: '1' });
    expect(await tiphys.kube.find({ apiVersion: 'v1', kind: 'Namespace', name: farTarget })).toBeUndefined();
  });

  it('Given a cluster that went away, When commits come, Then only its own Applications say so', async () => {
    link.cut();
    const named = new RegExp(`${farServer.replaceAll('.', '\\.')}|far`);
    for (const name of ['by-name', 'by-server']) await tiphys.refresh(name);
    for (const name of ['by-name', 'by-server']) {
      const app = await tiphys.hasCondition(name, 'ComparisonError', named);
      expect(app.status?.sync?.status).toBe('Unknown');
      expect(app.status?.health?.status).toBe('Unknown');
      expect(app.status?.resources).toHaveLength(1);
    }
    await tiphys.application('new-there', {
      auto: true,
      source: source('near'),
      destination: onFar({ name: 'far' }),
    });
    await tiphys.hasCondition('new-there', 'ComparisonError', named);

    await tiphys.git.commit('by-name', { 'cm.yaml': null, 'new.yaml': configMap('by-name-2', '2') }, 'move');
    await tiphys.git.commit('near', { 'cm.yaml': configMap('near', '2') }, 'two');
    await Promise.all([tiphys.refresh('by-name'), tiphys.refresh('near')]);
    await tiphys.becomesLive('near', { v: '2' });
    const near = await tiphys.becomesSynced('near');
    expect(near.status?.conditions ?? []).toEqual([]);
    expect(await farData('by-name')).toEqual({ v: '1' });
  });

  it('Given it is back with a token that no longer holds, When the secret is renewed, Then all heal', async () => {
    await far.remove({ apiVersion: 'v1', kind: 'ServiceAccount', name: 'manager', namespace: 'kube-system' });
    await poll(
      async () => {
        const account = {
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          name: 'manager',
          namespace: 'kube-system',
        };
        return (await far.find(account)) === undefined;
      },
      { what: 'the account is gone' },
    );
    link.heal();
    await tiphys.hasCondition('by-server', 'ComparisonError', /unauthori[sz]ed|401/i, 60_000);

    await joinFar();
    for (const name of ['by-name', 'by-server', 'new-there']) {
      const app = await tiphys.becomesSynced(name, 60_000);
      expect(app.status?.conditions ?? []).toEqual([]);
    }
    expect(await farData('by-name')).toBeUndefined();
    expect(await farData('by-name-2')).toEqual({ v: '2' });
  });

  it('Given its secret cannot be read, When an Application there is deleted, Then it waits and says why', async () => {
    await joinFar('{');
    await tiphys.hasCondition('by-server', 'InvalidSpecError', /cluster secret delivery\/far, key config/);
    await tiphys.deleteApplication('new-there');
    await tiphys.hasCondition('new-there', 'DeletionError', /cluster secret delivery\/far, key config/);
    expect(await farData('near')).toEqual({ v: '2' });

    await joinFar();
    await tiphys.isGone('new-there');
    expect(await farData('near')).toBeUndefined();
    await tiphys.becomesSynced('by-server');
  });

  it('Given its secret is gone, When an Application there is deleted, Then nothing holds it back', async () => {
    await tiphys.kube.remove({
      apiVersion: 'v1',
      kind: 'Secret',
      name: 'far',
      namespace: tiphys.system.namespace,
    });
    await tiphys.hasCondition('by-server', 'InvalidSpecError', /cluster|far/);
    for (const name of ['by-server', 'by-name']) await tiphys.deleteApplication(name);
    for (const name of ['by-server', 'by-name']) await tiphys.isGone(name);
    expect(await farData('by-server')).toEqual({ v: '1' });
  });
});

describe('a cluster that is given in part', () => {
  const limited = 'delivery-limited';
  /** The same cluster by another address, whose account has rights in one namespace. */
  const server = (): string => far.apiUrl.replace('127.0.0.1', 'localhost');

  beforeAll(async () => {
    const metadata = { name: limited, namespace: farTarget };
    const all = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };
    await far.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: [all],
    } as never);
    await far.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: limited },
      subjects: [{ kind: 'ServiceAccount', name: limited, namespace: farTarget }],
    } as never);
    const bearerToken = await far.createServiceAccountToken(farTarget, limited);
    const tlsClientConfig = { caData: Buffer.from(far.caPem).toString('base64') };
    await tiphys.secret(
      limited,
      { [labels.secretType]: 'cluster' },
      {
        name: limited,
        server: server(),
        namespaces: farTarget,
        config: JSON.stringify({ bearerToken, tlsClientConfig }),
      },
    );
  });

  it('Given one namespace, When Applications go there and elsewhere, Then the others are told that it is not theirs', async () => {
    await tiphys.repository('limited', { 'cm.yaml': configMap('limited', '1') });
    const app = await tiphys.deployed('limited', {
      source: source('limited'),
      destination: onFar({ name: limited }),
    });
    expect(app.status?.conditions ?? []).toEqual([]);
    expect(await farData('limited')).toEqual({ v: '1' });
    await tiphys.application('outside', {
      source: source('limited'),
      destination: { name: limited, namespace: 'kube-system' },
    });
    await tiphys.hasCondition(
      'outside',
      'ComparisonError',
      /^Failed to load live state: namespace "kube-system" for ConfigMap "limited" is not managed$/u,
    );
  });
});

describe('tracking', () => {
  const marksOf = async (
    name: string,
  ): Promise<{ label: string | undefined; annotation: string | undefined }> => {
    const object = await tiphys.live('v1', 'ConfigMap', name);
    return {
      label: object?.metadata.labels?.[labels.instance],
      annotation: object?.metadata.annotations?.[annotations.trackingId],
    };
  };

  it.each([
    ['label', { label: 'track-label', annotation: undefined }],
    [
      'annotation+label',
      {
        label: 'track-annotation-label',
        annotation: 'track-annotation-label:/ConfigMap:TARGET/track-annotation-label-a',
      },
    ],
  ])('Given tracking by %s, When a commit drops an object, Then it is pruned', async (method, marks) => {
    await tiphys.setting('argocd-cm', { 'application.resourceTrackingMethod': method });
    const name = `track-${method.replace('+', '-')}`;
    await tiphys.repository(name, {
      'a.yaml': configMap(`${name}-a`, '1'),
      'b.yaml': configMap(`${name}-b`, '1'),
    });
    await tiphys.deployed(name, { source: source(name) });
    await poll(
      async () => {
        const seen = await marksOf(`${name}-a`);
        expect(seen).toEqual({ ...marks, annotation: marks.annotation?.replace('TARGET', tiphys.target) });
        return true;
      },
      { what: `${name}-a carries the marks` },
    );
    await tiphys.git.commit(name, { 'b.yaml': null }, 'drop b');
    await tiphys.refresh(name);
    await tiphys.becomesLive(`${name}-b`, undefined);
    await tiphys.becomesSynced(name);
    expect(await tiphys.data(`${name}-a`)).toEqual({ v: '1' });
  });

  it('Given it was changed for all, When nothing else happens, Then no object of before is lost', async () => {
    await tiphys.becomesSynced('near');
    expect(await tiphys.data('near')).toEqual({ v: '2' });
    await tiphys.deleteApplication('track-label');
    await tiphys.isGone('track-label');
    await tiphys.becomesLive('track-label-a', undefined);
  });
});
