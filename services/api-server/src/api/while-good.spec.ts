import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { whileGood } from './while-good.ts';

/** Seconds pass when told to. */
class Seconds {
  readonly #waiting: (() => void)[] = [];
  now = (): number => 0;
  sleep = (): Promise<void> => new Promise((resolve) => void this.#waiting.push(resolve));
  async pass(): Promise<void> {
    this.#waiting.shift()?.();
    await setImmediate();
  }
}

async function* endless(onEnd: () => void): AsyncGenerator<number> {
  try {
    for (let n = 1; ; n++) yield await Promise.resolve(n);
  } finally {
    onEnd();
  }
}

const silent: AsyncIterable<number> = {
  [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<number>>(() => undefined) }),
};

describe('a stream', () => {
  it('goes on while its caller may, and ends what it reads from', async () => {
    let ended = false;
    const clock = new Seconds();
    const guard = { check: () => Promise.resolve(), clock, signal: new AbortController().signal };
    const seen: number[] = [];
    for await (const n of whileGood(
      endless(() => (ended = true)),
      guard,
    )) {
      seen.push(n);
      await clock.pass();
      if (n === 3) break;
    }
    expect([seen, ended]).toEqual([[1, 2, 3], true]);
  });

  it('ends with the refusal while it has nothing to send', async () => {
    const clock = new Seconds();
    let good = true;
    const check = (): Promise<void> => (good ? Promise.resolve() : Promise.reject(new Error('revoked')));
    const stream = whileGood(silent, { check, clock, signal: new AbortController().signal });
    const next = stream.next();
    const refused = expect(next).rejects.toThrow('revoked');
    await clock.pass();
    good = false;
    await clock.pass();
    await refused;
  });

  it('sends nothing any more after a refusal', async () => {
    const clock = new Seconds();
    const check = (): Promise<void> => Promise.reject(new Error('revoked'));
    const stream = whileGood(
      endless(() => undefined),
      { check, clock, signal: new AbortController().signal },
    );
    expect((await stream.next()).value).toBe(1);
    await clock.pass();
    await expect(stream.next()).rejects.toThrow('revoked');
  });
});
