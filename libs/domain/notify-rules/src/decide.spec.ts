import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  changeSentKeys,
  decide,
  formatSentKeys,
  parseSentKeys,
  sentKeyOf,
  type ConditionResult,
  type Destination,
  type SentKeys,
} from './index.ts';

const room: Destination = { service: 'slack', recipient: 'room' };
const destinations = new Map([['on-x', [room]]]);
const result = (outcome: ConditionResult['outcome'], oncePer = ''): ConditionResult => ({
  key: '[0].h',
  outcome,
  oncePer,
  templates: ['t'],
});
const decideOn = (one: ConditionResult, sentKeys: SentKeys, now = 100) =>
  decide({ destinations, results: new Map([['on-x', [one]]]), sentKeys, now });

describe('decide', () => {
  it('sends what holds and was not told, and remembers when', () => {
    const decision = decideOn(result('holds'), {});
    expect(decision.deliveries).toEqual([
      { trigger: 'on-x', templates: ['t'], destination: room, sentKey: 'on-x:[0].h:slack:room' },
    ]);
    expect(decision.sentKeys).toEqual({ 'on-x:[0].h:slack:room': 100 });
  });

  it('tells it again only after it did not hold', () => {
    const told = decideOn(result('holds'), {}).sentKeys;
    expect(decideOn(result('holds'), told).deliveries).toEqual([]);
    const forgotten = decideOn(result('does-not-hold'), told);
    expect(forgotten.forget).toEqual(['on-x:[0].h:slack:room']);
    expect(decideOn(result('holds'), forgotten.sentKeys).deliveries).toHaveLength(1);
  });

  it('tells the same oncePer value never again and another one at once', () => {
    const told = decideOn(result('holds', 'rev1'), {}).sentKeys;
    expect(decideOn(result('does-not-hold', 'rev1'), told)).toMatchObject({ forget: [], sentKeys: told });
    expect(decideOn(result('holds', 'rev1'), told).deliveries).toEqual([]);
    expect(decideOn(result('holds', 'rev2'), told).sentKeys).toEqual({
      'rev1:on-x:[0].h:slack:room': 100,
      'rev2:on-x:[0].h:slack:room': 100,
    });
  });

  it('neither sends nor forgets what it does not know', () => {
    const told = decideOn(result('holds'), {}).sentKeys;
    expect(decideOn(result('unknown'), told)).toEqual({ deliveries: [], forget: [], sentKeys: told });
    expect(decideOn(result('unknown'), {}).deliveries).toEqual([]);
    expect(decide({ destinations, results: new Map(), sentKeys: told, now: 1 }).forget).toEqual([]);
  });

  const name = fc.constantFrom('a', 'b', 'c', '__proto__', 'x:y');
  const destination = fc.record({ service: name, recipient: name });
  const input = fc.record({
    destinations: fc.uniqueArray(fc.tuple(name, fc.array(destination)), { selector: ([key]) => key }),
    results: fc.uniqueArray(
      fc.tuple(
        name,
        fc
          .array(
            fc.record({
              key: name,
              outcome: fc.constantFrom('holds' as const, 'does-not-hold' as const, 'unknown' as const),
              oncePer: fc.constantFrom('', 'rev1', 'rev2'),
              templates: fc.array(name),
            }),
          )
          .map((list) => list.map((item, index) => ({ ...item, key: `[${index}].${item.key}` }))),
      ),
      { selector: ([key]) => key },
    ),
    told: fc.array(
      fc.record({ trigger: name, condition: name, oncePer: fc.constantFrom('', 'rev1'), destination }),
    ),
  });

  it('finds nothing new in the same state a second time, whatever the state', () => {
    fc.assert(
      fc.property(input, ({ destinations: list, results, told }) => {
        const sentKeys = changeSentKeys({}, { add: told.map(sentKeyOf), now: 1 });
        const state = { destinations: new Map(list), results: new Map(results), now: 2 };
        const first = decide({ ...state, sentKeys });
        const stored = parseSentKeys(formatSentKeys(first.sentKeys));
        const second = decide({ ...state, sentKeys: stored });
        expect(second.deliveries).toEqual([]);
        expect(second.forget).toEqual([]);
        expect(formatSentKeys(second.sentKeys)).toBe(formatSentKeys(first.sentKeys));
      }),
    );
  });

  it('never sends the same thing twice in one decision', () => {
    fc.assert(
      fc.property(input, ({ destinations: list, results }) => {
        const { deliveries } = decide({
          destinations: new Map(list),
          results: new Map(results),
          sentKeys: {},
          now: 1,
        });
        expect(new Set(deliveries.map(({ sentKey }) => sentKey)).size).toBe(deliveries.length);
      }),
    );
  });
});

describe('the annotation', () => {
  it('is written as Argo CD writes it', () => {
    const keys = changeSentKeys(
      {},
      {
        add: [
          'on-sync-failed:[0].a:email:a&b@example.com',
          'abc123:on-deployed:[0].y7b5sbwa2Q329JYH755peeq-fBs:slack:room',
        ],
        now: 1_700_000_000,
      },
    );
    expect(formatSentKeys(keys)).toBe(
      '{"abc123:on-deployed:[0].y7b5sbwa2Q329JYH755peeq-fBs:slack:room":1700000000,' +
        '"on-sync-failed:[0].a:email:a\\u0026b@example.com":1700000000}',
    );
    expect(parseSentKeys(formatSentKeys(keys))).toEqual(keys);
    expect(formatSentKeys({})).toBeUndefined();
  });

  it.each([undefined, '', 'null', '[]', '{', '"x"', '{"a":"text","b":null}'])(
    'reads %j as nothing told',
    (text) => {
      expect(parseSentKeys(text)).toEqual({});
    },
  );

  it('keeps a hundred entries and lets the oldest go', () => {
    let keys: SentKeys = {};
    for (let index = 0; index < 150; index += 1)
      keys = changeSentKeys(keys, { add: [`key-${index}`], now: index });
    expect(Object.keys(keys)).toHaveLength(100);
    expect(Object.hasOwn(keys, 'key-49')).toBe(false);
    expect(keys['key-50']).toBe(50);
  });

  it('does not move the time of a key that is there', () => {
    expect(changeSentKeys({ a: 1 }, { add: ['a', 'b'], now: 9 })).toEqual({ a: 1, b: 9 });
    expect(changeSentKeys({ a: 1 }, { add: ['a'], remove: ['a'], now: 9 })).toEqual({ a: 9 });
  });
});
