import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Application, JsonObject } from '@tiphys/model';
import { ClusterNames } from '../../clusters/cluster-names.ts';
import { continueToken } from './continue-token.ts';
import { listingOf } from './listing.ts';
import type { Page } from './listing.ts';

const clusters = new ClusterNames(() => [{ name: 'prod', server: 'https://prod.example.com' }]);

interface Sketch {
  readonly name: string;
  readonly namespace?: string;
  readonly project?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly health?: string;
  readonly sync?: string;
  readonly destination?: Readonly<Record<string, string>>;
  readonly created?: string;
  readonly finished?: string;
  readonly repo?: string;
}

const app = (sketch: Sketch): Application =>
  ({
    metadata: {
      name: sketch.name,
      namespace: sketch.namespace ?? 'argocd',
      creationTimestamp: sketch.created ?? '2026-01-01T00:00:00Z',
      labels: sketch.labels ?? {},
    },
    spec: {
      project: sketch.project ?? 'default',
      destination: sketch.destination ?? { server: 'https://kubernetes.default.svc', namespace: 'web' },
      source: { repoURL: sketch.repo ?? 'https://git.example.com/apps.git', path: sketch.name },
    },
    status: {
      ...(sketch.health === undefined ? {} : { health: { status: sketch.health } }),
      ...(sketch.sync === undefined ? {} : { sync: { status: sketch.sync } }),
      ...(sketch.finished === undefined ? {} : { operationState: { finishedAt: sketch.finished } }),
    },
  }) as unknown as Application;

const page = (query: JsonObject, apps: readonly Application[]): Page => listingOf(query, clusters).page(apps);
const names = (query: JsonObject, apps: readonly Application[]): readonly (string | undefined)[] =>
  page(query, apps).items.map(({ metadata }) => metadata.name);

/** All pages of a query, the list changed by `between` after each. */
function pages(
  query: JsonObject,
  apps: readonly Application[],
  between: (apps: readonly Application[]) => readonly Application[] = (same) => same,
): readonly (readonly string[])[] {
  const found: (readonly string[])[] = [];
  let current = apps;
  let token: string | undefined = '';
  while (token !== undefined) {
    const next: Page = page({ ...query, continue: token }, current);
    found.push(next.items.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name ?? ''}`));
    token = next.continue;
    current = between(current);
  }
  return found;
}

const fleet = [
  app({
    name: 'web',
    health: 'Healthy',
    sync: 'Synced',
    labels: { team: 'shop' },
    finished: '2026-03-01T00:00:00Z',
  }),
  app({
    name: 'api',
    health: 'Degraded',
    sync: 'OutOfSync',
    project: 'shop',
    created: '2026-02-01T00:00:00Z',
  }),
  app({
    name: 'db',
    health: 'Progressing',
    sync: 'Synced',
    destination: { name: 'prod', namespace: 'data' },
  }),
  app({
    name: 'job',
    destination: { server: 'https://prod.example.com', namespace: 'data' },
    repo: 'oci://registry.example.com/jobs',
  }),
  app({ name: 'web', namespace: 'team-a', project: 'shop', health: 'Healthy', sync: 'OutOfSync' }),
];

describe('filters of a list', () => {
  it.each<[JsonObject, readonly string[]]>([
    [{}, ['api', 'db', 'job', 'web', 'web']],
    [{ health: ['Degraded'] }, ['api']],
    [{ health: ['degraded', 'Progressing'] }, ['api', 'db']],
    [{ health: ['degraded,progressing'] }, ['api', 'db']],
    [{ health: ['Unknown'] }, ['job']],
    [{ syncStatus: ['OutOfSync'] }, ['api', 'web']],
    [{ syncStatus: ['OutOfSync'], health: ['Healthy'] }, ['web']],
    [{ projects: ['shop'] }, ['api', 'web']],
    [{ projects: ['shop'], project: ['default'] }, ['api', 'db', 'job', 'web', 'web']],
    [{ cluster: ['prod'] }, ['db', 'job']],
    [{ cluster: ['https://prod.example.com'] }, ['db', 'job']],
    [{ cluster: ['nowhere'] }, []],
    [{ destinationNamespace: ['data'] }, ['db', 'job']],
    [{ selector: 'team=shop' }, ['web']],
    [{ appNamespace: 'team-a' }, ['web']],
    [{ repo: 'https://git.example.com/apps' }, ['api', 'db', 'web', 'web']],
    [{ search: 'WEB team-a' }, ['web']],
    [{ search: 'team=shop' }, ['web']],
    [{ search: 'registry jobs' }, ['job']],
    [{ search: '  ' }, ['api', 'db', 'job', 'web', 'web']],
    [{ search: 'nothing' }, []],
  ])('%j', (query, expected) => expect(names(query, fleet)).toEqual(expected));

  it.each<[JsonObject, string]>([
    [
      { health: ['Fine'] },
      "health: 'Fine' is none of Degraded, Healthy, Missing, Progressing, Suspended, Unknown",
    ],
    [{ syncStatus: ['no'] }, "syncStatus: 'no' is none of OutOfSync, Synced, Unknown"],
    [{ limit: -1 }, 'limit: -1 is no whole number from 0 on'],
    [{ sort: 'colour' }, "sort: 'colour' is none of cluster, created,"],
    [{ sort: '__proto__' }, "sort: '__proto__' is none of"],
    [{ sort: 'name,,-x' }, "sort: 'x' is none of"],
  ])('refuse %j', (query, message) => {
    expect(() => page(query, fleet)).toThrow(expect.objectContaining({ code: 'invalid' }));
    expect(() => page(query, fleet)).toThrow(message);
  });
});

it('refuses a limit beyond all lists', () => {
  const message = 'limit: 1152921504606846976 is no whole number from 0 on';
  expect(() => page({ limit: 2n ** 60n }, fleet)).toThrow(message);
});

describe('the order of a list', () => {
  it.each([
    ['name', ['api', 'db', 'job', 'web', 'web']],
    ['-name', ['web', 'web', 'job', 'db', 'api']],
    ['health', ['web', 'web', 'db', 'api', 'job']],
    ['-health,name', ['job', 'api', 'db', 'web', 'web']],
    ['sync,-name', ['web', 'db', 'web', 'api', 'job']],
    ['-created', ['api', 'db', 'job', 'web', 'web']],
    ['-synced', ['web', 'api', 'db', 'job', 'web']],
    ['project,-name', ['web', 'job', 'db', 'web', 'api']],
  ])('%s', (sort, expected) => expect(names({ sort }, fleet)).toEqual(expected));
});

describe('counts', () => {
  it('come only when asked for', () => {
    expect(page({}, fleet).facets).toBeUndefined();
    expect(page({ facets: false }, fleet).facets).toBeUndefined();
  });

  it('are over all pages, each by what another choice there would bring', () => {
    const { items, facets } = page({ facets: true, limit: 1, health: ['Healthy'] }, fleet);
    expect(items).toHaveLength(1);
    expect(facets).toEqual({
      total: 2,
      health: { Healthy: 2, Degraded: 1, Progressing: 1, Unknown: 1 },
      syncStatus: { Synced: 1, OutOfSync: 1 },
      project: { default: 1, shop: 1 },
      cluster: { 'https://kubernetes.default.svc': 2 },
      destinationNamespace: { web: 2 },
    });
  });

  it('take a cluster by name and by address for one', () => {
    expect(page({ facets: true }, fleet).facets).toMatchObject({
      cluster: { 'https://kubernetes.default.svc': 3, 'https://prod.example.com': 2 },
    });
  });
});

describe('pages', () => {
  const arbitraryApp = fc
    .record({
      name: fc.constantFrom(...'abcdefgh'),
      namespace: fc.constantFrom('argocd', 'team-a'),
      health: fc.constantFrom('Healthy', 'Degraded', 'Missing'),
      created: fc.constantFrom('2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z'),
    })
    .map(app);
  const arbitraryFleet = fc.uniqueArray(arbitraryApp, {
    maxLength: 16,
    selector: ({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name ?? ''}`,
  });
  const sorts = fc.constantFrom('', 'name', '-name', 'health', '-health,created', '-created,-name');

  it('say what is left, and nothing of pages where all is told', () => {
    const first = page({ limit: 2 }, fleet);
    expect(first).toMatchObject({ remaining: 3, continue: expect.any(String) as string });
    const last = page({ limit: 9, continue: first.continue ?? '' }, fleet);
    expect(last.items).toHaveLength(3);
    expect(Object.keys(last)).toEqual(['items']);
    expect(Object.keys(page({ limit: 5 }, fleet))).toEqual(['items']);
  });

  it('put together are the whole list', () => {
    fc.assert(
      fc.property(arbitraryFleet, sorts, fc.integer({ min: 1, max: 5 }), (apps, sort, limit) => {
        expect(pages({ sort, limit }, apps).flat()).toEqual(pages({ sort }, apps).flat());
      }),
    );
  });

  it('tell of what stays exactly once, whatever comes and goes between them', () => {
    fc.assert(
      fc.property(arbitraryFleet, arbitraryFleet, sorts, (staying, others, sort) => {
        const keyOf = ({ metadata }: Application): string =>
          `${metadata.namespace ?? ''}/${metadata.name ?? ''}`;
        const kept = new Set(staying.map(keyOf));
        const passing = others.filter((one) => !kept.has(keyOf(one)));
        let round = 0;
        const between = (): readonly Application[] =>
          round++ % 2 === 0 ? staying : [...staying, ...passing].reverse();
        const told = pages({ sort, limit: 2 }, [...staying, ...passing], between).flat();
        expect(told.filter((key) => kept.has(key)).sort()).toEqual([...kept].sort());
        expect(new Set(told).size).toBe(told.length);
      }),
    );
  });

  it('go on with another limit, and with the same filters in another order', () => {
    const { continue: token = '' } = page({ limit: 1, health: ['Healthy', 'Degraded'] }, fleet);
    expect(names({ limit: 5, health: ['Degraded', 'Healthy'], continue: token }, fleet)).toEqual([
      'web',
      'web',
    ]);
  });

  it.each<[string, JsonObject]>([
    ['another filter', { health: ['Degraded'] }],
    ['another order', { sort: '-name' }],
    ['another search', { search: 'web' }],
    ['another project', { projects: ['shop'] }],
  ])('do not go on with %s', (_what, query) => {
    const { continue: token = '' } = page({ limit: 1 }, fleet);
    expect(() => page({ ...query, limit: 1, continue: token }, fleet)).toThrow(
      expect.objectContaining({
        code: 'invalid',
        message: expect.stringContaining('another query') as string,
      }),
    );
  });

  it.each([
    'x',
    'bm90IGpzb24',
    Buffer.from('[2,"",["a","b"]]').toString('base64url'),
    Buffer.from('[1,"",[{"__proto__":1},"b"]]').toString('base64url'),
    Buffer.from('{"__proto__":[]}').toString('base64url'),
    'A'.repeat(100_000),
    '\0\u{1F600}%2F..',
  ])('refuse the token %.20s', (token) => {
    expect(() => page({ continue: token }, fleet)).toThrow('continue: this is no token of a list');
  });

  it('refuse any token that was tampered with', () => {
    const token = continueToken(['web', 'argocd'], 'query');
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...'Ab0_'), (at, char) => {
        const changed = token.slice(0, at) + char + token.slice(at + 1);
        const same = Buffer.from(changed, 'base64url').equals(Buffer.from(token, 'base64url'));
        if (!same) expect(() => page({ continue: changed }, fleet)).toThrow(/^continue: /);
      }),
    );
  });
});
