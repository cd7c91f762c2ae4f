import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Application } from '@tiphys/model';
import { configMap, givenTiphys } from '@tiphys/testing/given';

interface List {
  readonly metadata: { readonly continue?: string; readonly remainingItemCount?: number };
  readonly items: readonly Application[] | null;
  readonly facets?: { readonly total: number; readonly syncStatus: Readonly<Record<string, number>> };
}

const NAMES = ['list-a', 'list-b', 'list-c'];

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;

beforeAll(async () => {
  tiphys = await givenTiphys({
    values: { server: { insecure: true }, config: { cm: { 'statusbadge.enabled': 'true' } } },
  });
  const files = Object.fromEntries(NAMES.map((name) => [`${name}/a.yaml`, configMap(name, '1')]));
  const repoURL = await tiphys.repository('lists', files);
  for (const name of NAMES) {
    await tiphys.application(name, { source: { repoURL, path: name, targetRevision: 'main' } });
  }
  for (const name of NAMES) {
    await tiphys.eventually(name, 'is compared', ({ status }) => status?.sync?.status === 'OutOfSync');
  }
});

afterAll(async () => {
  await tiphys.close();
});

const list = (query: string): Promise<List> =>
  tiphys.rest.call<List>('GET', `/api/v1/applications?search=list-&${query}`);
const namesOf = ({ items }: List): readonly (string | undefined)[] =>
  (items ?? []).map(({ metadata }) => metadata.name);

describe('lists of Applications', () => {
  it('Given more Applications than fit on a page, When they are listed page by page, Then each comes once', async () => {
    const first = await list('limit=2&sort=-name');
    expect([namesOf(first), first.metadata.remainingItemCount]).toEqual([['list-c', 'list-b'], 1]);
    const last = await list(`limit=2&sort=-name&continue=${first.metadata.continue ?? ''}`);
    expect([namesOf(last), last.metadata.continue]).toEqual([['list-a'], undefined]);
  });

  it('Given a stream of what is synced, When an Application is synced, Then it joins the stream and the counts', async () => {
    const stream = await tiphys.rest.stream('/api/v1/stream/applications?syncStatus=Synced&search=list-b');
    try {
      await tiphys.sync('list-b');
      await expect
        .poll(() => JSON.stringify(stream.told), { timeout: 30_000 })
        .toMatch(/"type":"ADDED".*"name":"list-b"/);
      await expect
        .poll(async () => namesOf(await list('syncStatus=Synced')), { timeout: 30_000 })
        .toContain('list-b');
      const { facets } = await list('facets=true&syncStatus=Synced&limit=1');
      expect(facets?.total).toBe(facets?.syncStatus['Synced']);
    } finally {
      stream.close();
    }
  });

  it('Given badges are switched on, When anybody asks for one, Then it shows the state', async () => {
    const badge = async (name: string): Promise<string> =>
      await (await fetch(`${tiphys.rest.url}/api/badge?name=${name}`)).text();
    expect(await badge('list-a')).toContain('>OutOfSync<');
    expect(await badge('no-such-app')).toContain('>Not Found<');
  });
});
