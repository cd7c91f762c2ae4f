import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMap, givenTiphys } from '@tiphys/testing/given';
import { freePort } from '@tiphys/testing/processes';
import { definitionOf, yaml } from '../manifests/index.ts';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;

beforeAll(async () => {
  tiphys = await givenTiphys();
});

afterAll(() => tiphys.close());

const group = 'kinds.example.com';
type Rest = [versions?: readonly string[], conversion?: object];

const crdOf = (kind: string, ...rest: Rest) => definitionOf(group, kind, ...rest);

const define = (...crd: [kind: string, ...Rest]): Promise<unknown> =>
  tiphys.kube.apply(crdOf(...crd) as never);

const remove = (kind: string): Promise<void> => {
  const { apiVersion, metadata } = crdOf(kind);
  return tiphys.kube.remove({ apiVersion, kind: 'CustomResourceDefinition', name: metadata.name });
};

const objectOf = (kind: string, name: string): string =>
  yaml({ apiVersion: `${group}/v1`, kind, metadata: { name } });

/** An Application with an object of a kind, and another one that has nothing to do with it. */
async function given(kind: string, name: string) {
  const bystander = `${name}-bystander`;
  const repoURL = await tiphys.repository(name, {
    'with/object.yaml': objectOf(kind, 'first'),
    'without/cm.yaml': configMap(bystander, '1'),
  });
  const source = (path: string) => ({ repoURL, path, targetRevision: 'main' });
  await tiphys.application(name, {
    source: source('with'),
    syncPolicy: {
      automated: { prune: true, selfHeal: true },
      syncOptions: ['SkipDryRunOnMissingResource=true'],
      retry: { limit: -1, backoff: { duration: '1s', maxDuration: '1s' } },
    },
  });
  await tiphys.deployed(bystander, { source: source('without') });
  return { bystander };
}

describe('kinds that come and go', () => {
  it('Given objects of a kind that nobody serves, When it comes and goes, Then only their Application notices', async () => {
    await remove('Gadget');
    const { bystander } = await given('Gadget', 'gadgets');
    await tiphys.eventually(
      'gadgets',
      'cannot be synced yet',
      ({ status }) => status?.sync?.status === 'OutOfSync' && status.operationState !== undefined,
    );
    await define('Gadget');
    await tiphys.becomesSynced('gadgets', 60_000);
    expect(await tiphys.live(`${group}/v1`, 'Gadget', 'first')).toBeDefined();

    await remove('Gadget');
    await tiphys.eventually(
      'gadgets',
      'lost its object',
      ({ status }) => status?.sync?.status !== 'Synced',
      60_000,
    );
    expect((await tiphys.becomesSynced(bystander)).status?.conditions ?? []).toEqual([]);
    await tiphys.deleteApplication('gadgets');
    await tiphys.isGone('gadgets', 60_000);
  });
});

describe('a conversion webhook that is dead', () => {
  const versions = ['v1', 'v2'];

  it('Given a kind that it converts, When others have commits, Then only Applications with that kind wait and say so', async () => {
    await remove('Ship');
    await define('Ship');
    const { bystander } = await given('Ship', 'ships');
    await tiphys.becomesSynced('ships', 60_000);

    const clientConfig = {
      url: `https://127.0.0.1:${await freePort()}/convert`,
      caBundle: Buffer.from(tiphys.kube.caPem).toString('base64'),
    };
    const webhook = { conversionReviewVersions: ['v1'], clientConfig };
    await define('Ship', versions, { strategy: 'Webhook', webhook });
    // Who read the objects before goes on with what they have; as after a restart of both, they must be converted.
    await tiphys.kube.restartApiServer();
    tiphys.system.runner.kill('argocd-application-controller');

    const message = new RegExp(`${group.replaceAll('.', '\\.')}/Ship cannot be listed`, 'u');
    await tiphys.hasCondition('ships', 'ComparisonError', message, 60_000);
    await tiphys.git.commit('ships', { 'without/cm.yaml': configMap(bystander, '2') }, 'next');
    await tiphys.refresh(bystander);
    await tiphys.becomesLive(bystander, { v: '2' });
    expect((await tiphys.becomesSynced(bystander)).status?.conditions ?? []).toEqual([]);

    await define('Ship', versions, { strategy: 'None' });
    const app = await tiphys.becomesSynced('ships', 90_000);
    expect(app.status?.conditions ?? []).toEqual([]);
    expect(await tiphys.live(`${group}/v1`, 'Ship', 'first')).toBeDefined();
  });
});
