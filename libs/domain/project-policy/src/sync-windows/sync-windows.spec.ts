import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SyncWindow } from '@tiphys/model';
import { judgeWindows, matchingWindows, occurrenceOf } from './index.ts';

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
const parseDuration = (text: string): number | undefined => {
  const match = /^(\d+)([smh])$/u.exec(text);
  return match === null ? undefined : Number(match[1]) * (units[match[2] ?? ''] ?? 0);
};
const at = (text: string): number => Date.parse(text);
const noon = at('2026-07-15T12:00:00Z');

const window = (over: Partial<SyncWindow>): SyncWindow => ({
  kind: 'deny',
  schedule: '* * * * *',
  duration: '1h',
  applications: ['*'],
  ...over,
});
const openDeny = window({});
const openAllow = window({ kind: 'allow' });
/** Fires at 3 in the morning. */
const closed = { schedule: '0 3 * * *', duration: '1h' };
const closedDeny = window(closed);
const closedAllow = window({ kind: 'allow', ...closed });

const judge = (windows: readonly SyncWindow[], over: Partial<Parameters<typeof judgeWindows>[1]> = {}) =>
  judgeWindows(windows, { now: noon, isManual: false, parseDuration, ...over });

describe('judgeWindows', () => {
  const manual = { manualSync: true };
  it.each<[string, readonly SyncWindow[], boolean, boolean]>([
    ['no window', [], true, true],
    ['an open deny', [openDeny], false, false],
    ['an open deny for automated syncs', [window(manual)], false, true],
    ['two open denies, one for all', [window(manual), openDeny], false, false],
    ['a closed deny', [closedDeny], true, true],
    ['an open allow', [openAllow], true, true],
    ['a closed allow', [closedAllow], false, false],
    ['a closed allow for automated syncs', [window({ kind: 'allow', ...closed, ...manual })], false, true],
    ['an open and a closed allow', [openAllow, closedAllow], true, true],
    ['an open deny over an open allow', [openAllow, openDeny], false, false],
    ['a closed deny and a closed allow', [closedDeny, closedAllow], false, false],
    ['a window of no kind', [window({ kind: 'perhaps' })], true, true],
  ])('%s', (_name, windows, automated, byHand) => {
    expect(judge(windows).isAllowed).toBe(automated);
    expect(judge(windows, { isManual: true }).isAllowed).toBe(byHand);
  });

  it.each<[string, Partial<SyncWindow>]>([
    ['a bad schedule', { schedule: '0 0 * * 7' }],
    ['no schedule', { schedule: '' }],
    ['a bad duration', { duration: 'soon' }],
    ['a duration without a unit', { duration: '3600' }],
    ['an unknown zone in the schedule', { schedule: 'TZ=No/Where 0 0 * * *' }],
  ])('%s forbids all and says so', (_name, over) => {
    const verdict = judge([openAllow, window({ kind: 'allow', ...over })], { isManual: true });
    expect(verdict.isAllowed).toBe(false);
    expect(verdict.mistake).toBeDefined();
  });

  const since = (text: string) => ({ now: at('2026-07-15T12:10:00Z'), startedAt: at(`2026-07-15T${text}Z`) });
  const deny = { schedule: '0 12 * * *', duration: '1h' };
  const allow: Partial<SyncWindow> = { kind: 'allow', schedule: '0 11 * * *', duration: '1h' };
  const overrun = { syncOverrun: true };
  it.each<[string, readonly SyncWindow[], string, boolean]>([
    ['began before a deny', [window(deny)], '11:59:00', false],
    ['began before a deny with overrun', [window({ ...deny, ...overrun })], '11:59:00', true],
    ['began in a deny with overrun', [window({ ...deny, ...overrun })], '12:05:00', false],
    ['began before two denies', [window({ ...deny, ...overrun }), window(deny)], '11:59:00', false],
    ['began in an allow', [window(allow)], '11:59:00', false],
    ['began in an allow with overrun', [window({ ...allow, ...overrun })], '11:59:00', true],
    ['began before an allow with overrun', [window({ ...allow, ...overrun })], '10:30:00', false],
    [
      'began in one of two allows, which has overrun',
      [window({ ...allow, ...overrun }), closedAllow],
      '11:59:00',
      true,
    ],
  ])('an operation that %s', (_name, windows, startedAt, expected) =>
    expect(judge(windows, since(startedAt)).isAllowed).toBe(expected),
  );

  const ranges = fc.record({
    kind: fc.constantFrom('allow', 'deny'),
    schedule: fc
      .tuple(fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 23 }))
      .map(([minute, hour]) => `${minute} ${hour} * * *`),
    duration: fc.integer({ min: 1, max: 600 }).map((minutes) => `${minutes}m`),
    timeZone: fc.constantFrom('', 'UTC', 'America/New_York', 'Asia/Kolkata'),
  });

  it('says the same until it says that it may change', () =>
    fc.assert(
      fc.property(
        fc.array(ranges.map(window), { minLength: 1, maxLength: 3 }),
        fc.nat(86_400),
        (windows, s) => {
          const now = noon + s * 1_000;
          const { isAllowed, changesAt = 0 } = judge(windows, { now });
          expect(changesAt).toBeGreaterThan(now);
          for (const part of [0.25, 0.5, 0.99]) {
            const between = Math.floor(now + (changesAt - now) * part);
            expect(judge(windows, { now: between }).isAllowed).toBe(isAllowed);
          }
        },
      ),
    ));

  it('does not depend on the order of windows', () =>
    fc.assert(
      fc.property(fc.array(ranges.map(window), { maxLength: 4 }), (windows) => {
        expect(judge([...windows].reverse())).toEqual(judge(windows));
      }),
    ));
});

describe('occurrenceOf', () => {
  const isActive = (over: Partial<SyncWindow>, now: string): boolean => {
    const outcome = occurrenceOf(window(over), at(now), parseDuration);
    return 'occurrence' in outcome && outcome.occurrence.isActive;
  };
  const daily = { schedule: '0 9 * * *', duration: '30m' };
  it.each<[string, Partial<SyncWindow>, string, boolean]>([
    ['before it fires', daily, '2026-07-15T08:59:59Z', false],
    ['at the moment it fires', daily, '2026-07-15T09:00:00Z', false],
    ['right after it fired', daily, '2026-07-15T09:00:00.001Z', true],
    ['before its end', daily, '2026-07-15T09:29:59.999Z', true],
    ['at its end', daily, '2026-07-15T09:30:00Z', false],
    ['in summer time', { ...daily, timeZone: 'Europe/Berlin' }, '2026-07-15T07:10:00Z', true],
    ['in winter time', { ...daily, timeZone: 'Europe/Berlin' }, '2026-01-15T08:10:00Z', true],
    ['in a zone of half an hour', { ...daily, timeZone: 'Asia/Kolkata' }, '2026-01-15T03:40:00Z', true],
    ['in a zone that nobody knows', { ...daily, timeZone: 'No/Where' }, '2026-07-15T09:10:00Z', true],
    ['across midnight', { schedule: '0 23 * * *', duration: '2h' }, '2026-07-15T00:30:00Z', true],
    ['that never fires', { schedule: '0 0 30 2 *' }, '2026-07-15T00:30:00Z', true],
    ['of no length', { ...daily, duration: '0' }, '2026-07-15T09:00:00.001Z', false],
  ])('a window %s', (_name, over, now, expected) => expect(isActive(over, now)).toBe(expected));

  it.each<[string, Partial<SyncWindow>, string, string]>([
    ['it opens', daily, '2026-07-15T08:30:00Z', '2026-07-15T09:00:00.001Z'],
    ['it closes', daily, '2026-07-15T09:10:00Z', '2026-07-15T09:30:00Z'],
    [
      'the last of a chain closes',
      { schedule: '0,20 9 * * *', duration: '30m' },
      '2026-07-15T09:10:00Z',
      '2026-07-15T09:50:00Z',
    ],
    ['an hour is over', daily, '2026-07-15T01:00:00Z', '2026-07-15T02:00:00Z'],
    ['an hour of an endless one is over', {}, '2026-07-15T01:00:00Z', '2026-07-15T02:00:00Z'],
    [
      'it closes in its own zone',
      { ...daily, timeZone: 'America/New_York' },
      '2026-07-15T13:10:00Z',
      '2026-07-15T13:30:00Z',
    ],
  ])('tells when %s', (_name, over, now, expected) =>
    expect(occurrenceOf(window(over), at(now), parseDuration)).toMatchObject({
      occurrence: { changesAt: at(expected) },
    }),
  );
});

describe('matchingWindows', () => {
  const subject = {
    name: 'web',
    destination: { server: 'https://a', name: 'prod-eu', namespace: 'shop' },
  };
  it.each<[string, Partial<SyncWindow>, boolean]>([
    ['by name', { applications: ['w*'] }, true],
    ['by another name', { applications: ['api'] }, false],
    ['by namespace', { applications: [], namespaces: ['shop'] }, true],
    ['by cluster name', { applications: [], clusters: ['prod-*'] }, true],
    ['by cluster address', { applications: [], clusters: ['https://a'] }, true],
    ['by any of them', { applications: ['api'], namespaces: ['shop'] }, true],
    ['by all of them', { applications: ['web'], namespaces: ['shop'], andOperator: true }, true],
    ['by all but one', { applications: ['api'], namespaces: ['shop'], andOperator: true }, false],
    ['by nothing', { applications: [] }, false],
  ])('%s', (_name, over, expected) =>
    expect(matchingWindows([window(over)], subject)).toHaveLength(expected ? 1 : 0),
  );
});
