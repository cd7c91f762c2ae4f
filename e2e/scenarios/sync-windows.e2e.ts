import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Application, SyncWindow } from '@tiphys/model';
import {
  compared,
  configMap,
  endOfOperation,
  givenTiphys,
  readyBalancer,
  sourceOf,
  syncToEnd,
} from '@tiphys/testing/given';
import { poll } from '@tiphys/testing/processes';
import { balancer, inWave } from '../manifests/index.ts';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;

beforeAll(async () => {
  tiphys = await givenTiphys({ env: { ARGOCD_RECONCILIATION_TIMEOUT: '30m', ARGOCD_SYNC_WAVE_DELAY: '0' } });
});

afterAll(() => tiphys.close());

/** Open at every moment. */
const always: SyncWindow = { kind: 'deny', schedule: '* * * * *', duration: '1h', applications: ['*'] };
/** Open two minutes of the day that are hours away. */
const closed = (): SyncWindow => {
  const hour = (new Date().getUTCHours() + 12) % 24;
  return { ...always, kind: 'allow', schedule: `0 ${hour} * * *`, duration: '2m' };
};

/** From two minutes ago until so many seconds from now. */
function openFor(seconds: number): Pick<SyncWindow, 'schedule' | 'duration'> {
  const now = Date.now();
  const start = new Date(now - (now % 60_000) - 120_000);
  return {
    schedule: `${start.getUTCMinutes()} ${start.getUTCHours()} * * *`,
    duration: `${Math.ceil((now - start.getTime()) / 1_000) + seconds}s`,
  };
}

async function project(name: string, ...syncWindows: readonly SyncWindow[]): Promise<void> {
  const anything = [{ server: '*', namespace: '*' }];
  await tiphys.project(name, { sourceRepos: ['*'], destinations: anything, syncWindows });
  const path = `/api/v1/projects/${name}`;
  const read = async (): Promise<readonly SyncWindow[]> =>
    (await tiphys.rest.send<{ spec?: { syncWindows?: SyncWindow[] } }>('GET', path)).body.spec?.syncWindows ??
    [];
  await poll(async () => isDeepStrictEqual((await read()).map(switchedOn), syncWindows.map(switchedOn)), {
    what: `the API knows the windows of ${name}`,
  });
}

/** A switch that is off is the same as none. */
const switchedOn = (window: SyncWindow): object =>
  Object.fromEntries(Object.entries(window).filter(([, value]) => value !== false));

/** A compared Application of a project of its own name with these windows. */
async function given(name: string, windows: readonly SyncWindow[], sketch: object = {}): Promise<void> {
  await project(name, ...windows);
  await compared(tiphys, name, { project: name, source: await sourceOf(tiphys, name), ...sketch });
}

const auto = { auto: true };

const blocked = ({ status }: Application): boolean =>
  status?.operationState?.message === 'Sync operation blocked by sync window';

/** The Application is OutOfSync after a look, and nothing was begun. */
async function isKeptBack(name: string): Promise<void> {
  await tiphys.refresh(name);
  const app = await tiphys.eventually(
    name,
    'was looked at',
    ({ metadata, status }) =>
      metadata.annotations?.['argocd.argoproj.io/refresh'] === undefined &&
      status?.sync?.status === 'OutOfSync',
  );
  expect([app.operation, app.status?.operationState]).toEqual([undefined, undefined]);
  expect(await tiphys.data(name)).toBeUndefined();
}

interface Windows {
  readonly activeWindows?: readonly SyncWindow[];
  readonly assignedWindows?: readonly SyncWindow[];
  readonly canSync?: boolean;
}

const shown = (name: string): Promise<Windows> =>
  tiphys.rest.call<Windows>('GET', `/api/v1/applications/${name}/syncwindows`);

describe('a window of deny', () => {
  it('Given it is open, When an Application is automated, Then it is synced at the moment it closes', async () => {
    await given('closing', [{ ...always, ...openFor(8) }], auto);
    await isKeptBack('closing');
    await tiphys.becomesSynced('closing', 60_000);
    expect(await tiphys.data('closing')).toEqual({ v: '1' });
  });

  it('Given it is open, When somebody syncs by the API, Then that is refused, and let in with manualSync', async () => {
    await given('denied', [always]);
    const refused = await tiphys.rest.send('POST', '/api/v1/applications/denied/sync', { name: 'denied' });
    expect([refused.status, refused.body]).toMatchObject([
      403,
      { code: 7, message: 'cannot sync: blocked by sync window' },
    ]);
    expect(await shown('denied')).toMatchObject({
      activeWindows: [{ kind: 'deny', schedule: '* * * * *', duration: '1h' }],
      assignedWindows: [{ kind: 'deny' }],
    });
    await project('denied', { ...always, manualSync: true });
    expect((await shown('denied')).canSync).toBe(true);
    expect((await syncToEnd(tiphys, 'denied')).status?.operationState?.phase).toBe('Succeeded');
  });

  it('Given it is open, When an operation is written by kubectl, Then it waits, says so, and goes on later', async () => {
    await given('waiting', [always]);
    await tiphys.operate('waiting', { sync: {} });
    const app = await tiphys.eventually('waiting', 'is blocked', blocked);
    expect(app.status?.operationState?.phase).toBe('Running');
    expect(await tiphys.data('waiting')).toBeUndefined();
    await project('waiting');
    expect((await endOfOperation(tiphys, 'waiting')).status?.operationState?.phase).toBe('Succeeded');
  });
});

describe('windows of allow', () => {
  it('Given none is open, When an Application is automated, Then it waits until one opens', async () => {
    await given('allowed', [closed()], auto);
    await isKeptBack('allowed');
    expect(await shown('allowed')).toMatchObject({ assignedWindows: [{ kind: 'allow' }] });
    expect((await shown('allowed')).activeWindows ?? []).toEqual([]);
    await project('allowed', closed(), { ...always, kind: 'allow' });
    await tiphys.becomesSynced('allowed');
  });

  it('Given one of allow and one of deny are open, Then the one of deny counts', async () => {
    await given('both', [{ ...always, kind: 'allow' }, always], auto);
    await isKeptBack('both');
  });

  it('Given a time zone, When it is that hour there, Then the window is open', async () => {
    // An hour ago until in two hours, by the clock of Tokyo, which is nine hours ahead; by that of UTC far off.
    const tokyo: SyncWindow = {
      ...always,
      kind: 'allow',
      schedule: `0 ${(new Date().getUTCHours() + 8) % 24} * * *`,
      duration: '3h',
      timeZone: 'Asia/Tokyo',
    };
    await given('zoned', [{ ...tokyo, timeZone: 'UTC' }], auto);
    await isKeptBack('zoned');
    await project('zoned', tokyo);
    await tiphys.becomesSynced('zoned');
  });
});

describe('which Applications a window concerns', () => {
  const rest = { kind: 'deny', schedule: '* * * * *', duration: '1h' } as const;

  it.each<[string, SyncWindow, boolean]>([
    [
      'one that matches of applications, namespaces and clusters',
      { ...rest, applications: ['sel-*'], namespaces: ['no'] },
      true,
    ],
    ['none that matches', { ...rest, applications: ['other'], namespaces: ['no'], clusters: ['no'] }, false],
    ['a cluster by name', { ...rest, clusters: ['in-cluster'] }, true],
    ['a namespace by glob', { ...rest, namespaces: ['target-*'] }, true],
    [
      'andOperator and one that does not match',
      { ...rest, andOperator: true, applications: ['sel-*'], namespaces: ['no'] },
      false,
    ],
    [
      'andOperator and all match',
      { ...rest, andOperator: true, applications: ['sel-*'], namespaces: ['target-*'] },
      true,
    ],
  ])('Given %s, Then it is as the API tells, and as syncs are let in', async (_name, window, isConcerned) => {
    await given('sel-a', [window]);
    const windows = await shown('sel-a');
    expect((windows.assignedWindows ?? []).length).toBe(isConcerned ? 1 : 0);
    const answer = await tiphys.rest.send('POST', '/api/v1/applications/sel-a/sync', { name: 'sel-a' });
    expect(answer.status).toBe(isConcerned ? 403 : 200);
    if (!isConcerned) await endOfOperation(tiphys, 'sel-a');
  });
});

describe('a sync under way', () => {
  it.each([
    [true, 'goes on'],
    [false, 'is held up until it opens again'],
  ])('Given syncOverrun is %s, When its window of allow closes, Then it %s', async (syncOverrun, _what) => {
    const name = `overrun-${syncOverrun}`;
    const files = { 'a.yaml': balancer(name), 'b.yaml': inWave(configMap(name, '1'), 1) };
    const window: SyncWindow = { ...always, kind: 'allow', syncOverrun };
    await project(name, { ...window, ...openFor(6) });
    await tiphys.application(name, {
      project: name,
      auto: true,
      source: await sourceOf(tiphys, name, files),
    });
    const isWaiting = ({ status }: Application) =>
      /waiting for healthy state of/u.test(status?.operationState?.message ?? '');
    await tiphys.eventually(name, 'waits for its first wave', isWaiting);
    await poll(async () => ((await shown(name)).activeWindows ?? []).length === 0, {
      what: 'the window has closed',
      timeoutMs: 30_000,
    });
    await readyBalancer(tiphys, name);
    if (!syncOverrun) {
      await tiphys.eventually(name, 'is blocked', blocked);
      expect(await tiphys.data(name)).toBeUndefined();
      await project(name, { ...window });
    }
    await tiphys.becomesLive(name, { v: '1' });
  });
});

describe('windows that cannot be read', () => {
  it('Given a bad schedule, When an Application is automated, Then nothing is synced, and it says why', async () => {
    await given('unread', [{ ...always, schedule: '@hourly' }], auto);
    await tiphys.hasCondition('unread', 'SyncError', /invalid sync windows: .*'@hourly'/u);
    expect(await tiphys.data('unread')).toBeUndefined();
    await project('unread');
    const app = await tiphys.becomesSynced('unread');
    expect(app.status?.conditions).toBeUndefined();
  });
});
