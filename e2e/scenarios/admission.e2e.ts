import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Application } from '@tiphys/model';
import {
  compared,
  configMap,
  endOfOperation,
  givenTiphys,
  service,
  sourceOf,
  syncToEnd,
} from '@tiphys/testing/given';
import { poll } from '@tiphys/testing/processes';
import { startAdmissionWebhook, type AdmissionWebhook, type Verdict } from '@tiphys/testing/webhooks';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;
const webhooks: AdmissionWebhook[] = [];
/** What the webhooks say of config maps, by name. */
const verdicts = new Map<string, Verdict>();

beforeAll(async () => {
  tiphys = await givenTiphys({
    env: {
      ARGOCD_RECONCILIATION_TIMEOUT: '30m',
      ARGOCD_APPLICATION_CONTROLLER_SELF_HEAL_BACKOFF_CAP_SECONDS: '3',
    },
  });
  for (const type of ['validating', 'mutating'] as const) {
    const judge = (name: string | undefined): Verdict => {
      const verdict = verdicts.get(name ?? '') ?? [];
      return Array.isArray(verdict) === (type === 'mutating') ? verdict : [];
    };
    const webhook = await startAdmissionWebhook({
      kube: tiphys.kube,
      type,
      name: `${type}-config-maps`,
      namespace: tiphys.target,
      resources: ['configmaps', 'services'],
      judge: ({ object }) => judge(object.metadata.name),
      timeoutSeconds: 2,
    });
    webhooks.push(webhook);
  }
});

afterAll(async () => {
  for (const webhook of webhooks) await webhook.close();
  await tiphys.close();
});

const reviewsOf = (name: string) =>
  webhooks[0]?.reviews.filter(({ object }) => object.metadata.name === name) ?? [];

const ends = ({ status }: Application): object => {
  const { phase, message } = status?.operationState ?? {};
  return { phase, message };
};

describe('an admission webhook', () => {
  it('Given it denies an object, When that is synced, Then the sync fails with its words, and the rest is there', async () => {
    verdicts.set('denied', { deny: 'no config maps on Fridays' });
    const files = { 'a.yaml': configMap('denied', '1'), 'b.yaml': configMap('denied-not', '1') };
    await compared(tiphys, 'denied', { source: await sourceOf(tiphys, 'denied', files) });
    const app = await syncToEnd(tiphys, 'denied');
    expect(ends(app)).toEqual({
      phase: 'Failed',
      message: expect.stringContaining('no config maps on Fridays') as string,
    });
    expect(await tiphys.data('denied')).toBeUndefined();
    expect(await tiphys.data('denied-not')).toEqual({ v: '1' });
    verdicts.delete('denied');
    expect(ends(await syncToEnd(tiphys, 'denied'))).toMatchObject({ phase: 'Succeeded' });
  });

  it('Given it denies an object, When that is to be forced, Then it is not deleted', async () => {
    const fixed = (value: string): string =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'guarded' },
        data: { v: value },
      });
    await compared(tiphys, 'guarded', {
      source: await sourceOf(tiphys, 'guarded', { 'a.json': fixed('1') }),
    });
    await syncToEnd(tiphys, 'guarded');
    verdicts.set('guarded', { deny: 'not this one' });
    await tiphys.git.commit('guarded', { 'a.json': fixed('2') }, 'two');
    const app = await syncToEnd(tiphys, 'guarded', { strategy: { apply: { force: true } } });
    expect(ends(app)).toMatchObject({ phase: 'Failed' });
    expect(await tiphys.data('guarded')).toEqual({ v: '1' });
    verdicts.delete('guarded');
  });

  it('Given it never answers, When an object is synced, Then the sync fails and names it, and others go on', async () => {
    verdicts.set('hanging', 'hang');
    await compared(tiphys, 'hanging', { source: await sourceOf(tiphys, 'hanging') });
    await compared(tiphys, 'passing', { source: await sourceOf(tiphys, 'passing') });
    await tiphys.sync('hanging');
    await tiphys.sync('passing');
    expect(ends(await endOfOperation(tiphys, 'passing'))).toMatchObject({ phase: 'Succeeded' });
    expect(ends(await endOfOperation(tiphys, 'hanging'))).toEqual({
      phase: 'Failed',
      message: expect.stringMatching(/failed calling webhook "validating-config-maps/u) as string,
    });
    verdicts.delete('hanging');
  });

  it('Given it adds a field, When the object is synced, Then the Application is Synced and keeps it', async () => {
    verdicts.set('enriched', [{ op: 'add', path: '/data/added', value: 'yes' }]);
    await tiphys.deployed('enriched', { source: await sourceOf(tiphys, 'enriched') });
    expect(await tiphys.data('enriched')).toEqual({ v: '1', added: 'yes' });
  });

  it('Given it changes what git says, When that is healed, Then writes are few, and the difference is shown', async () => {
    verdicts.set('altered', [{ op: 'replace', path: '/data/v', value: 'theirs' }]);
    await tiphys.application('altered', { auto: true, source: await sourceOf(tiphys, 'altered') });
    await tiphys.eventually(
      'altered',
      'was healed twice',
      ({ status }) => (status?.operationState?.operation.sync?.autoHealAttemptsCount ?? 0) >= 2,
    );
    const before = { writes: reviewsOf('altered').length, at: performance.now() };
    await poll(() => Promise.resolve(reviewsOf('altered').length >= before.writes + 2), {
      what: 'it is healed twice more',
      timeoutMs: 60_000,
    });
    expect(performance.now() - before.at).toBeGreaterThan(2_000);
    const app = await tiphys.app('altered');
    expect(app?.status?.sync?.status).toBe('OutOfSync');
    verdicts.delete('altered');
    await tiphys.becomesLive('altered', { v: '1' });
    await tiphys.becomesSynced('altered');
  });
});

describe('validation', () => {
  const withTypo = service('typo', 80).replace('spec:\n', 'spec:\n  sesionAffinity: None\n');

  it('Given Validate=false, When a manifest has unknown fields, Then the server is asked not to look at them', async () => {
    const source = await sourceOf(tiphys, 'typo', { 'a.yaml': withTypo });
    await compared(tiphys, 'typo', { source, syncPolicy: { syncOptions: ['Validate=false'] } });
    expect(ends(await syncToEnd(tiphys, 'typo'))).toMatchObject({ phase: 'Succeeded' });
    expect(reviewsOf('typo').map(({ options }) => options['fieldValidation'])).toEqual(['Ignore']);
  });

  it('Given a value that its kind does not take, When it is synced, Then the sync fails with what the server says', async () => {
    await compared(tiphys, 'wrong', {
      source: await sourceOf(tiphys, 'wrong', { 'a.yaml': service('wrong', 99_999) }),
    });
    expect(ends(await syncToEnd(tiphys, 'wrong'))).toEqual({
      phase: 'Failed',
      message: expect.stringMatching(/spec\.ports\[0\]\.port: Invalid value: 99999/u) as string,
    });
  });
});

describe('objects that are too large', () => {
  const large = (name: string, kibibytes: number): string => configMap(name, 'x'.repeat(kibibytes * 1_024));

  it('Given one that its record does not fit, When it is synced, Then it is told what helps, and that helps', async () => {
    const source = await sourceOf(tiphys, 'large', {
      'a.yaml': large('large', 300),
      'b.yaml': configMap('small', '1'),
    });
    await compared(tiphys, 'large', { source });
    const refused = await syncToEnd(tiphys, 'large');
    const [result] = refused.status?.operationState?.syncResult?.resources ?? [];
    expect(result?.message).toMatch(/too large for the annotation .*ServerSideApply=true/u);
    // It was found out before the first write.
    expect(await tiphys.data('small')).toBeUndefined();
    await tiphys.patch('large', { spec: { syncPolicy: { syncOptions: ['ServerSideApply=true'] } } });
    expect(ends(await syncToEnd(tiphys, 'large'))).toMatchObject({ phase: 'Succeeded' });
    await tiphys.becomesSynced('large');
  });

  it('Given one over what the cluster takes, When it is synced, Then it fails and says so, and the rest is there', async () => {
    const source = await sourceOf(tiphys, 'huge', {
      'a.yaml': large('huge', 1_100),
      'b.yaml': configMap('modest', '1'),
    });
    await compared(tiphys, 'huge', { source, syncPolicy: { syncOptions: ['ServerSideApply=true'] } });
    const app = await syncToEnd(tiphys, 'huge');
    expect(ends(app)).toEqual({
      phase: 'Failed',
      message: expect.stringMatching(/"huge" is invalid: .*may not be more than 1048576 bytes/u) as string,
    });
    expect(JSON.stringify(app.status).length).toBeLessThan(10_000);
    expect(await tiphys.data('modest')).toEqual({ v: '1' });
  });
});
