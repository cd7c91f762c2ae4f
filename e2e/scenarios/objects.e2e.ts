import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMap, givenTiphys } from '@tiphys/testing/given';
import { poll } from '@tiphys/testing/processes';

const MERGE = 'application/merge-patch+json';
const CANARY = 'canary-of-an-object';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;

beforeAll(async () => {
  tiphys = await givenTiphys();
});

afterAll(async () => {
  await tiphys.close();
});

interface Target {
  readonly kind: string;
  readonly name: string;
  readonly group?: string;
}

const pathOf = (
  app: string,
  { kind, name, group = '' }: Target,
  more: Record<string, string> = {},
): string => {
  const object = { namespace: tiphys.target, resourceName: name, version: 'v1', kind, group };
  return `/api/v1/applications/${app}/resource?${new URLSearchParams({ ...object, ...more }).toString()}`;
};

/** Once the tree of an Application has it. */
async function appears(app: string, target: Target): Promise<string> {
  let manifest = '';
  await poll(
    async () => {
      const { status, body } = await tiphys.rest.send<{ manifest?: string }>('GET', pathOf(app, target));
      manifest = body.manifest ?? '';
      return status === 200;
    },
    { what: `${target.kind} ${target.name} is part of ${app}`, timeoutMs: 60_000 },
  );
  return manifest;
}

const deployment = (name: string): string =>
  [
    'apiVersion: apps/v1',
    'kind: Deployment',
    `metadata: { name: ${name} }`,
    'spec:',
    '  replicas: 2',
    `  selector: { matchLabels: { app: ${name} } }`,
    '  template:',
    `    metadata: { labels: { app: ${name} } }`,
    '    spec: { containers: [{ name: main, image: example.com/web:1 }] }',
    '',
  ].join('\n');

const secret = (name: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: { name: ${name} }\nstringData: { password: ${CANARY} }\n`;

async function manual(name: string, files: Record<string, string>): Promise<void> {
  const repoURL = await tiphys.repository(name, files);
  await tiphys.application(name, { source: { repoURL, path: '.', targetRevision: 'main' } });
  await tiphys.eventually(name, 'is compared', ({ status }) => status?.sync?.status === 'OutOfSync');
  await tiphys.sync(name);
  await tiphys.becomesSynced(name);
}

describe('a live object of an Application', () => {
  it('Given a Secret, When it is read through the API, Then its values are not told', async () => {
    await manual('told', { 'all.yaml': secret('told') });
    const manifest = await appears('told', { kind: 'Secret', name: 'told' });
    expect(JSON.parse(manifest)).toMatchObject({ data: { password: '++++++++' } });
    expect(manifest).not.toContain(CANARY);
    expect(manifest).not.toContain(Buffer.from(CANARY).toString('base64'));
  });

  it('Given no self-heal, When it is patched, Then it shows as drift and the patch as an event', async () => {
    await manual('drifts', { 'all.yaml': configMap('drifts', '1') });
    const target = { kind: 'ConfigMap', name: 'drifts' };
    await appears('drifts', target);
    await tiphys.rest.call('POST', pathOf('drifts', target, { patchType: MERGE }), '{"data":{"v":"2"}}');
    expect(await tiphys.data('drifts')).toEqual({ v: '2' });
    await tiphys.eventually(
      'drifts',
      'is OutOfSync again',
      ({ status }) => status?.sync?.status === 'OutOfSync',
    );
    await poll(
      async () =>
        JSON.stringify(await tiphys.rest.call('GET', '/api/v1/applications/drifts/events')).includes(
          `admin patched resource /ConfigMap 'drifts'`,
        ),
      { what: 'the event is told', timeoutMs: 60_000 },
    );
  });

  it('Given self-heal, When it is patched or deleted, Then it is as in git again', async () => {
    const repoURL = await tiphys.repository('heals', { 'all.yaml': configMap('heals', '1') });
    await tiphys.deployed('heals', { source: { repoURL, path: '.', targetRevision: 'main' } });
    const target = { kind: 'ConfigMap', name: 'heals' };
    const before = JSON.parse(await appears('heals', target)) as { metadata: { uid: string } };
    await tiphys.rest.call('POST', pathOf('heals', target, { patchType: MERGE }), '{"data":{"v":"2"}}');
    await tiphys.becomesLive('heals', { v: '1' });
    await tiphys.rest.call('DELETE', pathOf('heals', target, { force: 'true' }));
    await poll(
      async () => {
        const { body } = await tiphys.rest.send<{ manifest?: string }>('GET', pathOf('heals', target));
        const { metadata } = JSON.parse(body.manifest ?? '{}') as Partial<typeof before>;
        return metadata !== undefined && metadata.uid !== before.metadata.uid;
      },
      { what: 'it is made again', timeoutMs: 60_000 },
    );
  });

  it('Given pods, When their logs are asked for, Then each is answered for and the end is told', async () => {
    await manual('talks', { 'all.yaml': deployment('talks') });
    await appears('talks', { group: 'apps', kind: 'Deployment', name: 'talks' });
    interface Told {
      readonly result?: { readonly content: string; readonly last: boolean };
    }
    const query = new URLSearchParams({ group: 'apps', kind: 'Deployment', resourceName: 'talks' });
    let told: readonly Told[] = [];
    await poll(
      async () => {
        const stream = await tiphys.rest.stream(`/api/v1/applications/talks/logs?${query.toString()}`);
        await poll(() => stream.ended(), { what: 'the log ends', timeoutMs: 60_000 });
        told = stream.told as readonly Told[];
        return told.length === 3;
      },
      { what: 'both pods are part of the application', timeoutMs: 60_000 },
    );
    expect(told.map(({ result }) => result?.last)).toEqual([false, false, true]);
    expect(told.slice(0, 2).every(({ result }) => (result?.content ?? '') !== '')).toBe(true);
  });

  it('Given links in the settings, When they are asked for, Then they name the object and run no script', async () => {
    await manual('linked', { 'all.yaml': configMap('linked', '1') });
    await appears('linked', { kind: 'ConfigMap', name: 'linked' });
    await tiphys.setting('argocd-cm', {
      'resource.links': JSON.stringify([
        { title: 'Metrics', url: 'https://m.example.com/{{.resource.metadata.name}}' },
        { title: 'Script', url: 'javascript:alert(1)' },
        { title: 'Pods', url: 'https://p.example.com', if: 'resource.kind == "Pod"' },
      ]),
    });
    const path = pathOf('linked', { kind: 'ConfigMap', name: 'linked' }).replace(
      '/resource?',
      '/resource/links?',
    );
    await poll(async () => JSON.stringify(await tiphys.rest.call('GET', path)).includes('Metrics'), {
      what: 'the setting counts',
      timeoutMs: 60_000,
    });
    expect(await tiphys.rest.call('GET', path)).toEqual({
      items: [{ title: 'Metrics', url: 'https://m.example.com/linked' }],
    });
    await tiphys.setting('argocd-cm', { 'resource.links': null });
  });
});
