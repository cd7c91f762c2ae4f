import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemClock } from '@tiphys/runtime/clock';
import { logLines } from './log-lines.ts';
import type { LogLine } from './log-lines.ts';
import { logQueryOf } from './log-query.ts';
import { compareTimes, logTimeAt, parseLogTime } from './log-time.ts';
import { mergedByTime } from './merged.ts';
import { selectedPods } from './selected-pods.ts';

const T = '2024-05-01T10:00:00';

async function* from<I>(items: readonly I[]): AsyncGenerator<I> {
  for (const item of items) yield await Promise.resolve(item);
}

async function collected<I>(items: AsyncIterable<I>): Promise<readonly I[]> {
  const all: I[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function linesOf(...chunks: readonly (string | Uint8Array)[]): Promise<readonly LogLine[]> {
  const bytes = chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk));
  return (await collected(logLines(from(bytes)))).flat();
}

const shown = (lines: readonly LogLine[]) => lines.map(({ time, content }) => [time?.text, content]);

describe('a time of a log', () => {
  it.each([
    [`${T}Z`, `${T}Z`],
    [`${T}.120000000Z`, `${T}.12Z`],
    [`${T}.123456789+02:00`, `${T}.123456789+02:00`],
    [`${T}.000Z`, `${T}Z`],
  ])('%s is written as %s', (text, written) => {
    expect(parseLogTime(text)?.text).toBe(written);
  });

  it.each(['', 'now', '2024-13-01T10:00:00Z', `${T}`, `${T}.1234567890Z`, '2024-05-01'])(
    '%j is none',
    (text) => {
      expect(parseLogTime(text)).toBeUndefined();
    },
  );

  it('is compared to the nanosecond and across zones; no time comes first', () => {
    const [a, b, c] = [`${T}.000000001Z`, `${T}.000000002Z`, '2024-05-01T12:00:00.000000001+02:00'].map(
      parseLogTime,
    );
    expect(compareTimes(a, b)).toBeLessThan(0);
    expect(compareTimes(a, c)).toBe(0);
    expect(compareTimes(undefined, a)).toBeLessThan(0);
    expect(compareTimes(undefined, undefined)).toBe(0);
    expect(logTimeAt(1_500).text).toBe('1970-01-01T00:00:01.5Z');
  });
});

describe('lines', () => {
  it.each([
    ['a line', `${T}Z hello  world \n`, [[`${T}Z`, 'hello  world']]],
    [
      'no newline at the end',
      `${T}Z a\n${T}Z b`,
      [
        [`${T}Z`, 'a'],
        [`${T}Z`, 'b'],
      ],
    ],
    ['an empty line', `${T}Z \n`, [[`${T}Z`, '']]],
    ['indentation', `${T}Z   at x\n`, [[`${T}Z`, '  at x']]],
    [
      'carriage returns',
      `${T}Z 10%\r20%\r\n`,
      [
        [`${T}Z`, '10%'],
        [`${T}Z`, '20%'],
      ],
    ],
    ['no time', 'unable to retrieve container logs\n', [[undefined, 'unable to retrieve container logs']]],
    ['nothing', '', []],
  ])('are read: %s', async (_what, text, expected) => {
    expect(shown(await linesOf(text))).toEqual(expected);
  });

  it('are the same however the bytes are cut into chunks', async () => {
    const text = Buffer.from(`${T}.5Z grüße 🚀\n${T}.6Z zwei\n${T}.7Z drei`);
    const whole = shown(await linesOf(text));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(text.length), { maxLength: 8 }), async (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), text.length];
        const chunks = at.slice(1).map((end, index) => text.subarray(at[index], end));
        expect(shown(await linesOf(...chunks))).toEqual(whole);
      }),
    );
  });

  it('that are very long go on in further lines of the same time, no character lost', async () => {
    const content = '0123456é'.repeat(80_000);
    const lines = await linesOf(`${T}Z ${content}\n${T}.5Z next\n`);
    expect(lines.at(-1)).toEqual({ time: parseLogTime(`${T}.5Z`), content: 'next' });
    expect(lines.length).toBeGreaterThan(3);
    expect(
      lines
        .slice(0, -1)
        .map(({ content: part }) => part)
        .join(''),
    ).toBe(content);
    expect(new Set(lines.slice(0, -1).map(({ time }) => time?.text))).toEqual(new Set([`${T}Z`]));
    expect(Math.max(...lines.map(({ content: part }) => part.length))).toBeLessThanOrEqual(256 * 1024);
  });

  it('of bytes that are no text are shown all the same', async () => {
    const lines = await linesOf(Buffer.from(`${T}Z `), Uint8Array.of(0xff, 0x00, 10));
    expect(lines).toHaveLength(1);
  });
});

describe('a query', () => {
  it.each([
    ['', false, 'anything', true],
    ['err', false, 'an ERROR', true],
    ['err', true, 'an ERROR', false],
    ['!err', false, 'an ERROR', false],
    ['!err', false, 'fine', true],
    ['!', false, 'anything', false],
    ['a.c', false, 'abc', false],
    ['[', false, 'a[b', true],
  ])('for %j (exact: %s) takes %j: %s', (filter, matchCase, content, expected) => {
    expect(logQueryOf({ filter, matchCase }).isWanted(content)).toBe(expected);
  });

  it('asks the node for no more than is set', () => {
    expect(logQueryOf({ tailLines: 0, sinceSeconds: 0, container: '', sinceTime: null }).options).toEqual({
      follow: false,
      previous: false,
    });
    const sinceTime = `${T}Z`;
    expect(
      logQueryOf({ tailLines: 5, sinceSeconds: 9, container: 'web', sinceTime, follow: true, previous: true })
        .options,
    ).toEqual({ tailLines: 5, sinceSeconds: 9, container: 'web', sinceTime, follow: true, previous: true });
  });

  it('names one pod, or any object', () => {
    const all = { group: 'apps', kind: 'Deployment', namespace: 'web', resourceName: 'shop' };
    expect(logQueryOf(all).selection).toEqual({
      group: 'apps',
      kind: 'Deployment',
      namespace: 'web',
      name: 'shop',
    });
    expect(logQueryOf({ podName: 'a' }).selection).toMatchObject({ kind: 'Pod', name: 'a' });
  });

  it('refuses an end that is no time', () => {
    expect(() => logQueryOf({ untilTime: 'soon' })).toThrow(/invalid untilTime parameter value/u);
  });
});

describe('pods', () => {
  const node = (kind: string, name: string, parents: readonly [string, string][] = [], uid = name) => ({
    group: kind === 'Pod' ? '' : 'apps',
    version: 'v1',
    kind,
    namespace: 'web',
    name,
    uid,
    parentRefs: parents.map(([parent, of]) => ({ group: 'apps', kind: parent, namespace: 'web', name: of })),
  });
  const nodes = [
    node('Deployment', 'shop'),
    node('ReplicaSet', 'shop-1', [['Deployment', 'shop']]),
    node('Pod', 'shop-1-a', [['ReplicaSet', 'shop-1']]),
    node('Pod', 'shop-1-b', [['ReplicaSet', 'shop-1']]),
    node('Pod', 'alone'),
    node('Pod', 'absent', [], ''),
    node('Ring', 'x', [['Ring', 'y']]),
    node('Ring', 'y', [['Ring', 'x']]),
    node('Pod', 'ringed', [['Ring', 'x']]),
  ];
  const names = (selection: Readonly<Record<string, string>>): readonly string[] =>
    selectedPods(nodes, { group: '', kind: '', namespace: '', name: '', ...selection }).map(
      ({ name }) => name,
    );

  it.each([
    [{}, ['shop-1-a', 'shop-1-b', 'alone', 'ringed']],
    [{ kind: 'Deployment', name: 'shop' }, ['shop-1-a', 'shop-1-b']],
    [{ group: 'apps', kind: 'ReplicaSet', namespace: 'web', name: 'shop-1' }, ['shop-1-a', 'shop-1-b']],
    [{ kind: 'Pod', name: 'alone' }, ['alone']],
    [{ kind: 'StatefulSet', name: 'shop' }, []],
    [{ namespace: 'other' }, []],
    [{ kind: 'Pod', name: 'absent' }, []],
  ])('of %j are %j', (selection, expected) => {
    expect(names(selection)).toEqual(expected);
  });
});

describe('several logs', () => {
  const at = (nanos: number) => ({ time: { seconds: 1, nanos, text: String(nanos) } });
  const options = { clock: systemClock, patienceMs: 5_000 };

  it('are put together by time, each in its own order', async () => {
    const batches = fc.array(fc.array(fc.nat(1_000), { maxLength: 5 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(batches, { maxLength: 4 }), async (drawn) => {
        const sources = drawn.map((source) => {
          const sorted = source.flat().sort((a, b) => a - b);
          return source.map((batch) => sorted.splice(0, batch.length).map(at));
        });
        const merged = await collected(mergedByTime(sources.map(from), options));
        const expected = drawn.flat(2).sort((a, b) => a - b);
        expect(merged.map(({ time }) => time.nanos)).toEqual(expected);
      }),
    );
  });

  it('do not wait for a silent one for longer than the patience', async () => {
    const never = (async function* () {
      await new Promise(() => undefined);
      yield [at(0)];
    })();
    const merged = mergedByTime([from([[at(1), at(2)]]), never], { ...options, patienceMs: 20 });
    expect((await merged.next()).value).toEqual(at(1));
    expect((await merged.next()).value).toEqual(at(2));
  });

  it('end with the failure of one, after what it had said', async () => {
    const broken = (async function* () {
      yield [at(1)];
      await Promise.reject(new Error('cut'));
    })();
    const seen: number[] = [];
    const read = async (): Promise<void> => {
      for await (const { time } of mergedByTime([broken, from([[at(2)]])], options)) seen.push(time.nanos);
    };
    await expect(read()).rejects.toThrow('cut');
    expect(seen).toEqual([1]);
  });
});
