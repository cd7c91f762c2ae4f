import { setInterval } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResourceIgnoreDifferences } from '@tiphys/model';
import { configMap, givenTiphys } from '@tiphys/testing/given';
import { poll } from '@tiphys/testing/processes';
import { startMutatingWebhook, type AdmissionWebhook } from '@tiphys/testing/webhooks';

const MERGE = 'application/merge-patch+json';
const HIDDEN = 'hidden-Gm2cV8';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;
let webhook: AdmissionWebhook;
/** Names of config maps that the webhook adds a value to. */
const mutated = new Set<string>();

beforeAll(async () => {
  tiphys = await givenTiphys({
    env: {
      // Nobody looks by the clock while the scenarios run, so that every look has its reason.
      ARGOCD_RECONCILIATION_TIMEOUT: '30m',
      ARGOCD_APPLICATION_CONTROLLER_SELF_HEAL_BACKOFF_CAP_SECONDS: '3',
    },
  });
  webhook = await startMutatingWebhook({
    kube: tiphys.kube,
    name: 'mutate-config-maps',
    namespace: tiphys.target,
    resources: ['configmaps'],
    mutate: ({ object }) =>
      mutated.has(object.metadata.name ?? '') ? [{ op: 'add', path: '/data/injected', value: 'yes' }] : [],
  });
});

afterAll(async () => {
  await webhook.close();
  await tiphys.close();
});

const edit = (name: string, data: Record<string, string>, manager = 'somebody'): Promise<unknown> =>
  tiphys.kube.request(
    'PATCH',
    `/api/v1/namespaces/${tiphys.target}/configmaps/${name}?fieldManager=${manager}`,
    { data },
    MERGE,
  );

const source = async (name: string, files?: Record<string, string>) => ({
  repoURL: await tiphys.repository(name, files ?? { 'all.yaml': configMap(name, '1') }),
  path: '.',
  targetRevision: 'main',
});

const isSynced = (code: string) => (app: { status?: { sync?: { status?: string } } }) =>
  app.status?.sync?.status === code;

const mapOf = (name: string, data: Record<string, string>): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });

const healing = {
  automated: { prune: true, selfHeal: true },
  syncOptions: ['RespectIgnoreDifferences=true'],
};

describe('differences that are to be ignored', () => {
  const wanted = {
    pointer: '1',
    path: '1',
    jq: '1',
    owned: '1',
    kind: '1',
    glob: '1',
    every: '1',
    healed: '1',
  };
  const ignoreDifferences: readonly ResourceIgnoreDifferences[] = [
    { kind: 'ConfigMap', name: 'ignoring', jsonPointers: ['/data/pointer'] },
    { kind: 'Config*', jqPathExpressions: ['.data.path', '.data | to_entries[] | select(.key == "none")'] },
    {
      kind: 'ConfigMap',
      jqPathExpressions: ['.data | with_entries(select(.key == "jq")) | .jq', '.data | .jq'],
    },
    { group: '*', kind: '*', managedFieldsManagers: ['owner'] },
  ];
  const mine = (...keys: readonly (keyof typeof wanted)[]) =>
    Object.fromEntries(keys.map((key) => [key, 'mine']));

  it('Given rules of every kind and level, When all fields change, Then only what no rule names is healed', async () => {
    await tiphys.setting('argocd-cm', {
      'resource.customizations.ignoreDifferences.ConfigMap': 'jsonPointers: [/data/kind]',
      'resource.customizations': '"*/Conf*":\n  ignoreDifferences: |\n    jqPathExpressions: [.data.glob]\n',
      'resource.customizations.ignoreDifferences.all': 'jsonPointers:\n- /data/every\n',
    });
    const files = { 'all.json': mapOf('ignoring', wanted) };
    await tiphys.deployed('ignoring', {
      source: await source('ignoring', files),
      ignoreDifferences,
      syncPolicy: healing,
    });
    await edit('ignoring', mine('owned'), 'owner');
    await edit('ignoring', mine('pointer', 'path', 'jq', 'kind', 'glob', 'every', 'healed'));
    await tiphys.becomesLive('ignoring', {
      ...mine('owned', 'pointer', 'path', 'jq', 'kind', 'glob', 'every'),
      healed: '1',
    });
    await tiphys.becomesSynced('ignoring');
  });

  it('Given such rules, When a setting goes, Then what it ignored is healed', async () => {
    await tiphys.setting('argocd-cm', { 'resource.customizations.ignoreDifferences.all': null });
    await tiphys.becomesLive('ignoring', {
      ...mine('owned', 'pointer', 'path', 'jq', 'kind', 'glob'),
      every: '1',
      healed: '1',
    });
  });

  it('Given a jq expression without an end, When others are synced, Then only its own Application fails, and tells', async () => {
    await tiphys.deployed('healthy', { source: await source('healthy') });
    await tiphys.application('bomb', {
      auto: true,
      source: await source('bomb'),
      ignoreDifferences: [{ kind: 'ConfigMap', jqPathExpressions: ['def f: f; f'] }],
    });
    await tiphys.becomesLive('bomb', { v: '1' });
    await tiphys.git.commit('healthy', { 'all.yaml': configMap('healthy', '2') }, 'change');
    const start = performance.now();
    await tiphys.refresh('healthy');
    await tiphys.becomesLive('healthy', { v: '2' });
    expect(performance.now() - start).toBeLessThan(15_000);
    await tiphys.hasCondition('bomb', 'ComparisonError', /jq expression 'def f: f; f' was stopped/);
    await tiphys.patch('bomb', { spec: { ignoreDifferences: null } });
    const app = await tiphys.becomesSynced('bomb', 60_000);
    expect(app.status?.conditions ?? []).toEqual([]);
  });
});

describe('a field that somebody flips again and again', () => {
  it('Given self-heal, When a field never rests, Then the writes of the controller stay few', async () => {
    await tiphys.deployed('flipped', { source: await source('flipped') });
    const before = await tiphys.app('flipped');
    const end = performance.now() + 6_000;
    let flips = 0;
    for await (const _tick of setInterval(100)) {
      await edit('flipped', { v: `flip ${(flips += 1)}` });
      if (performance.now() > end) break;
    }
    const writes = webhook.reviews.filter(
      ({ user, isDryRun, object }) =>
        object.metadata.name === 'flipped' && !isDryRun && user.endsWith(':argocd-application-controller'),
    );
    expect(flips).toBeGreaterThan(20);
    // Created once, then healed after 0 and 2 seconds, then every 3.
    expect(writes.length).toBeGreaterThan(1);
    expect(writes.length).toBeLessThanOrEqual(6);
    const after = await tiphys.app('flipped');
    expect(generationOf(after) - generationOf(before)).toBeLessThan(60);
    await tiphys.becomesLive('flipped', { v: '1' }, undefined, 60_000);
  });

  const generationOf = (app: { metadata: { generation?: unknown } } | undefined): number =>
    Number(app?.metadata.generation);
});

describe('what the API server predicts', () => {
  const dryRuns = (): number =>
    webhook.reviews.filter(({ isDryRun, object }) => isDryRun && object.metadata.name === 'predicted').length;

  const compareBy = (options: string): Promise<unknown> =>
    tiphys.patch('predicted', {
      metadata: { annotations: { 'argocd.argoproj.io/compare-options': options } },
    });

  it('Given a server-side diff, When a webhook adds a field, Then it counts only where it is asked for', async () => {
    await tiphys.application('predicted', { source: await source('predicted') });
    await compareBy('ServerSideDiff=true');
    await tiphys.eventually('predicted', 'was compared', isSynced('OutOfSync'));
    await tiphys.sync('predicted');
    await tiphys.becomesSynced('predicted');
    mutated.add('predicted');
    const before = dryRuns();
    await tiphys.refresh('predicted');
    await poll(() => Promise.resolve(dryRuns() > before), { what: 'a dry run', timeoutMs: 30_000 });
    await tiphys.eventually(
      'predicted',
      'is still Synced after the refresh',
      (app) =>
        app.metadata.annotations?.['argocd.argoproj.io/refresh'] === undefined && isSynced('Synced')(app),
    );
    await compareBy('ServerSideDiff=true,IncludeMutationWebhook=true');
    await tiphys.refresh('predicted');
    await tiphys.eventually('predicted', 'shows the field of the webhook', isSynced('OutOfSync'));
    mutated.delete('predicted');
    await compareBy('ServerSideDiff=true');
    await tiphys.refresh('predicted');
    await tiphys.eventually('predicted', 'is Synced again', isSynced('Synced'));
  });

  it('Given a server-side diff, When somebody changes a field, Then the drift is shown', async () => {
    await edit('predicted', { v: 'mine' });
    await tiphys.eventually('predicted', 'drifted', isSynced('OutOfSync'));
    await tiphys.sync('predicted');
    await tiphys.becomesLive('predicted', { v: '1' });
    await tiphys.becomesSynced('predicted');
  });
});

describe('values of Secrets', () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');

  it('Given a Secret that differs, When its differences are asked for, Then no value is shown', async () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'hiding' },
      stringData: { a: HIDDEN },
      data: { b: base64(HIDDEN) },
    };
    await tiphys.deployed('hiding', {
      source: await source('hiding', { 'all.json': JSON.stringify(secret) }),
      syncPolicy: { automated: {} },
    });
    await tiphys.kube.request(
      'PATCH',
      `/api/v1/namespaces/${tiphys.target}/secrets/hiding`,
      { stringData: { a: `${HIDDEN}-live` } },
      MERGE,
    );
    await tiphys.eventually('hiding', 'drifted', isSynced('OutOfSync'));
    const shown = JSON.stringify(
      await tiphys.rest.call('GET', '/api/v1/applications/hiding/managed-resources'),
    );
    expect(shown).toContain('++++++++++++');
    for (const text of [HIDDEN, base64(HIDDEN), base64(`${HIDDEN}-live`)]) expect(shown).not.toContain(text);
  });
});
