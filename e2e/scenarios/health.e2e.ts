import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Application, KubeObject } from '@tiphys/model';
import { configMap, givenTiphys } from '@tiphys/testing/given';
import { poll } from '@tiphys/testing/processes';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;

beforeAll(async () => {
  tiphys = await givenTiphys();
});

afterAll(async () => {
  await tiphys.close();
});

interface Node {
  readonly kind: string;
  readonly name: string;
  readonly health?: { readonly status: string; readonly message?: string };
}

const nodesOf = async (app: string): Promise<readonly Node[]> =>
  (await tiphys.rest.call<{ nodes?: readonly Node[] }>('GET', `/api/v1/applications/${app}/resource-tree`))
    .nodes ?? [];

/** Waits until an object of the tree has a health. */
const nodeBecomes = (app: string, kind: string, health: Node['health']): Promise<unknown> =>
  poll(
    async () => {
      const node = (await nodesOf(app)).find((one) => one.kind === kind);
      expect(node?.health).toEqual(health);
      return true;
    },
    { what: `${kind} of ${app} is ${JSON.stringify(health)}`, timeoutMs: 45_000 },
  );

const isHealth = (code: string) => (app: Application) => app.status?.health?.status === code;

const becomes = (name: string, code: string): Promise<Application> =>
  tiphys.eventually(name, `becomes ${code}`, isHealth(code), 45_000);

const deployment = (name: string, more: { annotations?: object; paused?: boolean } = {}): string =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, ...(more.annotations === undefined ? {} : { annotations: more.annotations }) },
    spec: {
      replicas: 1,
      paused: more.paused ?? false,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'main', image: 'example.com/web:1' }] },
      },
    },
  });

/** A claim that nothing ever binds. */
const claim = (name: string, annotations: object = {}): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, annotations },
    spec: {
      storageClassName: 'nobody-provides-this',
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
    },
  });

const source = async (name: string, files: Record<string, string>) => ({
  repoURL: await tiphys.repository(name, files),
  path: '.',
  targetRevision: 'main',
});

const synced = async (name: string, files: Record<string, string>): Promise<void> => {
  await tiphys.application(name, { auto: true, source: await source(name, files) });
  await tiphys.eventually(name, 'is Synced', (app) => app.status?.sync?.status === 'Synced', 45_000);
};

describe('health of built-in kinds', () => {
  it('Given a Deployment, When its pods run, Then it, its ReplicaSet and its pod are Healthy', async () => {
    await synced('runs', { 'web.json': deployment('runs') });
    await becomes('runs', 'Healthy');
    for (const kind of ['Deployment', 'ReplicaSet', 'Pod'])
      await poll(
        async () => (await nodesOf('runs')).find((node) => node.kind === kind)?.health?.status === 'Healthy',
        { what: `${kind} is Healthy`, timeoutMs: 45_000 },
      );
  });

  it('Given objects in several states, When they change, Then the Application has the worst of those that count', async () => {
    await synced('worst', {
      'cm.yaml': configMap('worst', '1'),
      'claim.json': claim('worst'),
      'paused.json': deployment('worst-paused', { paused: true }),
    });
    await becomes('worst', 'Progressing');

    const ignored = { 'argocd.argoproj.io/ignore-healthcheck': 'true' };
    await tiphys.git.commit('worst', { 'claim.json': claim('worst', ignored) }, 'leave the claim out');
    await tiphys.refresh('worst');
    const app = await becomes('worst', 'Suspended');
    expect(app.status?.health?.lastTransitionTime).toBeDefined();

    await tiphys.git.commit('worst', { 'paused.json': deployment('worst-paused') }, 'go on');
    await tiphys.refresh('worst');
    await becomes('worst', 'Healthy');
  });

  it('Given an Application that was never synced, When it is compared, Then it is Missing', async () => {
    await tiphys.application('absent', {
      source: await source('absent', { 'cm.yaml': configMap('absent', '1') }),
    });
    await becomes('absent', 'Missing');
  });
});

describe('health by Lua in the settings', () => {
  const key = 'resource.customizations.health.ConfigMap';
  const script = (code: string): string =>
    `if obj.data.v == "bad" then return {status = "Degraded", message = "bad " .. obj.metadata.name} end\nreturn {status = "${code}"}`;

  it('Given a script, When it and objects change, Then health follows at once, without a restart', async () => {
    await tiphys.setting('argocd-cm', { [key]: script('Healthy') });
    await synced('scripted', { 'cm.yaml': configMap('scripted', 'good') });
    await nodeBecomes('scripted', 'ConfigMap', { status: 'Healthy' });
    await tiphys.git.commit('scripted', { 'cm.yaml': configMap('scripted', 'bad') }, 'break');
    await tiphys.refresh('scripted');
    await becomes('scripted', 'Degraded');
    await nodeBecomes('scripted', 'ConfigMap', { status: 'Degraded', message: 'bad scripted' });

    await tiphys.setting('argocd-cm', { [key]: 'return {status = "Suspended", message = "on leave"}' });
    await becomes('scripted', 'Suspended');
    await tiphys.setting('argocd-cm', { [key]: null });
    await becomes('scripted', 'Healthy');
    await nodeBecomes('scripted', 'ConfigMap', undefined);
  });

  it('Given a script with a mistake, When it runs, Then its object is Unknown and says why', async () => {
    await tiphys.setting('argocd-cm', { [key]: 'return obj.status.nothing.here' });
    await synced('mistaken', { 'cm.yaml': configMap('mistaken', '1') });
    await becomes('mistaken', 'Unknown');
    const node = (await nodesOf('mistaken')).find(({ kind }) => kind === 'ConfigMap');
    expect(node?.health?.message).toMatch(/attempt to index/u);
    await tiphys.setting('argocd-cm', { [key]: null });
    await becomes('mistaken', 'Healthy');
  });

  it.each([
    ['never ends', 'while true do end'],
    ['eats memory', 'local t = {} while true do t[#t + 1] = {} end'],
  ])(
    'Given a script that %s, When it runs, Then it is stopped below 2 s and no other Application waits',
    async (_what, wild) => {
      await synced('calm', { 'web.json': deployment('calm') });
      await becomes('calm', 'Healthy');
      const guarded = `if obj.metadata.name ~= "wild" then return {status = "Healthy"} end\n${wild}`;
      await tiphys.setting('argocd-cm', { [key]: guarded });
      await tiphys.application('wild', {
        auto: true,
        source: await source('wild', { 'cm.yaml': configMap('wild', '1') }),
      });
      await tiphys.becomesLive('wild', { v: '1' });
      const begin = performance.now();
      await tiphys.git.commit('calm', { 'cm.yaml': configMap('calm', String(begin)) }, 'a change');
      await tiphys.refresh('calm');
      await tiphys.becomesLive('calm', { v: String(begin) });
      expect(performance.now() - begin).toBeLessThan(15_000);

      await becomes('wild', 'Unknown');
      const node = (await nodesOf('wild')).find(({ name }) => name === 'wild');
      expect(node?.health?.message).toMatch(/did not finish within 1000 ms|not enough memory|more memory/u);
      await tiphys.becomesSynced('calm', 45_000);
      await tiphys.setting('argocd-cm', { [key]: null });
      await becomes('wild', 'Healthy');
    },
  );
});

describe('actions', () => {
  interface Action {
    readonly name: string;
    readonly disabled?: boolean;
    readonly params?: readonly { readonly name: string }[];
  }

  const web = { group: 'apps', kind: 'Deployment', version: 'v1', resourceName: 'acting' };
  const place = () => ({ ...web, namespace: tiphys.target });

  const actions = async (): Promise<readonly Action[]> => {
    const query = new URLSearchParams(place()).toString();
    const path = `/api/v1/applications/acting/resource/actions?${query}`;
    return (await tiphys.rest.call<{ actions?: readonly Action[] }>('GET', path)).actions ?? [];
  };

  const run = (action: string, params: Readonly<Record<string, string>> = {}): Promise<unknown> =>
    tiphys.rest.call('POST', '/api/v1/applications/acting/resource/actions/v2', {
      ...place(),
      name: 'acting',
      action,
      resourceActionParameters: Object.entries(params).map(([name, value]) => ({ name, value })),
    });

  const liveWeb = async (): Promise<KubeObject | undefined> =>
    tiphys.live<KubeObject>('apps/v1', 'Deployment', 'acting');

  it('Given a Deployment, When it is restarted, Then its pods are replaced and it stays Synced', async () => {
    await synced('acting', { 'web.json': deployment('acting') });
    await becomes('acting', 'Healthy');
    expect((await actions()).map(({ name }) => name)).toEqual(['pause', 'restart', 'resume', 'scale']);
    const podNames = async (): Promise<readonly string[]> =>
      (await nodesOf('acting')).filter(({ kind }) => kind === 'Pod').map(({ name }) => name);
    const before = await podNames();
    await run('restart');
    await poll(async () => (await podNames()).some((name) => !before.includes(name)), {
      what: 'a new pod',
      timeoutMs: 45_000,
    });
    await tiphys.becomesSynced('acting', 45_000);
  });

  it('Given a paused Deployment, When its actions are listed, Then they tell what makes sense now', async () => {
    await synced('acting', { 'web.json': deployment('acting') });
    await tiphys.patch('acting', { spec: { syncPolicy: null } });
    await run('pause');
    await becomes('acting', 'Suspended');
    await poll(async () => (await actions()).find(({ name }) => name === 'pause')?.disabled === true, {
      what: 'pause is disabled',
    });
    expect((await actions()).find(({ name }) => name === 'resume')?.disabled).toBeUndefined();
    await run('resume');
    await becomes('acting', 'Healthy');
  });

  it('Given a custom action with a parameter, When it runs, Then the object is changed as its script says', async () => {
    await synced('acting', { 'web.json': deployment('acting') });
    const custom = [
      'mergeBuiltinActions: true',
      'discovery.lua: return {label = {params = {{name = "team"}}}}',
      'definitions:',
      '- name: label',
      '  action.lua: |',
      '    obj.metadata.labels = {team = actionParams["team"]}',
      '    return obj',
    ].join('\n');
    await tiphys.setting('argocd-cm', { 'resource.customizations.actions.apps_Deployment': custom });
    await poll(
      async () => (await actions()).find(({ name }) => name === 'label')?.params?.[0]?.name === 'team',
      { what: 'the action is offered', timeoutMs: 45_000 },
    );
    await run('label', { team: 'blue' });
    expect((await liveWeb())?.metadata.labels).toEqual({ team: 'blue' });
    await tiphys.setting('argocd-cm', { 'resource.customizations.actions.apps_Deployment': null });
  });

  it('Given an object of nobody, When an action on it is asked for, Then it is refused', async () => {
    await synced('acting', { 'web.json': deployment('acting') });
    const other = { ...place(), resourceName: 'somebody-elses', name: 'acting', action: 'restart' };
    const answer = await tiphys.rest.send<{ message?: string }>(
      'POST',
      '/api/v1/applications/acting/resource/actions/v2',
      other,
    );
    expect(answer.status).toBe(400);
    expect(answer.body.message).toMatch(/not found as part of application acting/u);
  });
});
