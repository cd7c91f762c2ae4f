import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextTime, parseSchedule, type Schedule } from './cron.ts';

const scheduleOf = (text: string): Schedule => {
  const outcome = parseSchedule(text);
  if ('mistake' in outcome) throw new Error(outcome.mistake);
  return outcome.schedule;
};
const nextOf = (text: string, after: number): number | undefined => nextTime(scheduleOf(text), after);

/** A Thursday. */
const from = Date.parse('2026-01-15T10:30:00.500Z');

describe('nextTime', () => {
  it.each([
    ['* * * * *', '2026-01-15T10:31:00Z'],
    ['30 10 * * *', '2026-01-16T10:30:00Z'],
    ['0 0 * * 0', '2026-01-18T00:00:00Z'],
    ['0 0 ? * mon', '2026-01-19T00:00:00Z'],
    ['0 0 13 * fri', '2026-01-16T00:00:00Z'],
    ['*/7 * * * *', '2026-01-15T10:35:00Z'],
    ['5/20 * * * *', '2026-01-15T10:45:00Z'],
    ['0 0 */10 * mon', '2026-01-19T00:00:00Z'],
    ['0 0 */1 * mon', '2026-01-19T00:00:00Z'],
    ['0 0 1-31 * mon', '2026-01-16T00:00:00Z'],
    ['0 0 *,5 * mon', '2026-01-19T00:00:00Z'],
    ['0 0 29 2 *', '2028-02-29T00:00:00Z'],
    ['0 9-17/4 * * MON-FRI', '2026-01-15T13:00:00Z'],
    ['0 0 1 jan,jul *', '2026-07-01T00:00:00Z'],
    ['1,,2 * * * *', '2026-01-15T11:01:00Z'],
    ['+5 * * * *', '2026-01-15T11:05:00Z'],
    ['? ? ? ? ?', '2026-01-15T10:31:00Z'],
    ['*-5 * * * *', '2026-01-15T10:31:00Z'],
    ['*/61 * * * *', '2026-01-15T11:00:00Z'],
  ])('%s fires at %s', (text, expected) =>
    expect(new Date(nextOf(text, from) ?? 0)).toEqual(new Date(expected)),
  );

  it.each(['0 0 30 2 *', ', * * * *'])('%s never fires', (text) =>
    expect(nextOf(text, from)).toBeUndefined(),
  );

  it('is after the given moment, never at it', () =>
    expect(nextOf('30 10 * * *', Date.parse('2026-01-15T10:30:00Z'))).toBe(
      Date.parse('2026-01-16T10:30:00Z'),
    ));

  const minute = fc.integer({ min: 0, max: 59 });
  const moments = fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2030, 0) });

  it('finds the first minute that fits', () =>
    fc.assert(
      fc.property(minute, fc.integer({ min: 1, max: 23 }), moments, (at, step, after) => {
        const schedule = scheduleOf(`${at} */${step} * * *`);
        let expected = Math.floor(after / 60_000) * 60_000 + 60_000;
        const fits = (time: Date) => time.getUTCMinutes() === at && time.getUTCHours() % step === 0;
        while (!fits(new Date(expected))) expected += 60_000;
        expect(nextTime(schedule, after)).toBe(expected);
      }),
    ));

  it('goes forward and skips nothing', () =>
    fc.assert(
      fc.property(
        moments,
        fc.integer({ min: 1, max: 28 }),
        fc.integer({ min: 0, max: 6 }),
        (after, day, dow) => {
          const schedule = scheduleOf(`0 12 ${day} * ${dow}`);
          const next = nextTime(schedule, after);
          if (next === undefined) throw new Error('it fires every week');
          expect(next).toBeGreaterThan(after);
          expect(nextTime(schedule, next - 1)).toBe(next);
          expect(next - after).toBeLessThanOrEqual(7 * 86_400_000);
        },
      ),
    ));
});

describe('parseSchedule', () => {
  it.each([
    '0 0 * * 7',
    '@hourly',
    '60 * * * *',
    '* * * *',
    '* * * * * *',
    '0 0 L * *',
    '10-5 * * * *',
    '*/0 * * * *',
    '1/2/3 * * * *',
    '',
    '0 0 * * fri-mon',
    '0 0 * * sunday',
    '2-* * * * *',
    '0 0 0 * *',
    '-1 * * * *',
  ])("refuses '%s'", (text) => expect(parseSchedule(text)).toHaveProperty('mistake'));

  it('says what is wrong', () =>
    expect(parseSchedule('0 25 * * *')).toEqual({
      mistake: "schedule '0 25 * * *': '25' is not within 0 to 23 for the hour",
    }));

  it('never throws', () =>
    fc.assert(fc.property(fc.string(), (text) => typeof parseSchedule(text) === 'object')));

  it('takes a zone in front', () =>
    expect(scheduleOf('CRON_TZ=Asia/Tokyo 0 9 * * *').zone).toBe('Asia/Tokyo'));
});
