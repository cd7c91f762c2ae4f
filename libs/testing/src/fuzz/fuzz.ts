import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isTiphysError } from '@tiphys/model';

/** Seconds that each fuzzer runs; unset: a few hundred inputs. */
const SECONDS = Number(process.env['TIPHYS_FUZZ_SECONDS'] ?? '0');
/** Seed of a run that is to be repeated. */
const SEED = process.env['TIPHYS_FUZZ_SEED'];
const SHORT_RUNS = 300;
/** A parser that takes longer for one input holds everybody up. */
const MAX_MS = 500;
const MAX_SHOWN = 2_000;

/**
 * A test that feeds a parser with bad input. Whatever it is fed, it ends soon, and ends well or with a TiphysError.
 * `TIPHYS_FUZZ_SECONDS` makes it go on; a failure tells the seed, which `TIPHYS_FUZZ_SEED` repeats.
 */
export function fuzz<T>(name: string, inputs: fc.Arbitrary<T>, parse: (input: T) => unknown): void {
  const seed = SEED === undefined ? Math.floor(Date.now() % 2 ** 31) : Number(SEED);
  const timeout = SECONDS > 0 ? SECONDS * 1_000 + 30_000 : 60_000;
  it(`${name}: whatever comes in, it ends soon and in order`, { timeout }, () => {
    if (SECONDS > 0) process.stderr.write(`fuzzing ${name}: seed ${seed}\n`);
    const property = fc.property(inputs, (input) => {
      const started = performance.now();
      endsInOrder(() => parse(input));
      expect(performance.now() - started, 'milliseconds for one input').toBeLessThan(MAX_MS);
    });
    const limits =
      SECONDS > 0
        ? { numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: SECONDS * 1_000 }
        : { numRuns: SHORT_RUNS };
    const result = fc.check(property, { seed, ...limits });
    if (result.failed) throw failureOf(result as fc.RunDetails<unknown>, seed);
    expect(({} as Record<string, unknown>)['polluted'], 'a prototype was changed').toBeUndefined();
  });
}

/** Tells the input and the seed; the input may be long. */
function failureOf({ counterexample, errorInstance }: fc.RunDetails<unknown>, seed: number): Error {
  const input = String(JSON.stringify(counterexample)).slice(0, MAX_SHOWN);
  return new Error(`TIPHYS_FUZZ_SEED=${seed} fails with ${input}`, { cause: errorInstance });
}

function endsInOrder(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    if (!isTiphysError(error)) throw error;
  }
}
