import type { JsonValue } from '@tiphys/model';

/** Raised when aliases unfold into more values than allowed, or into themselves. */
export class ExpansionError extends Error {
  override readonly name = 'ExpansionError';
}

/**
 * A value in which no two places share an object, as if each alias had been written out; the value itself where
 * nothing is shared. Throws ExpansionError beyond `maxValues` values; counts before it copies, so a bomb costs nothing.
 */
export function expandAliases(value: unknown, maxValues: number): JsonValue {
  const counter = new Counter();
  if (counter.count(value) > maxValues) {
    throw new ExpansionError(`aliases unfold into more than ${String(maxValues)} values`);
  }
  return counter.found ? copy(value) : (value as JsonValue);
}

const OPEN = -1;

class Counter {
  /** Whether any object stands in more than one place. */
  found = false;
  readonly #counted = new Map<object, number>();

  count(value: unknown): number {
    if (typeof value !== 'object' || value === null) return 1;
    const known = this.#counted.get(value);
    if (known === OPEN) throw new ExpansionError('an alias refers to a value that contains it');
    if (known !== undefined) {
      this.found = true;
      return known;
    }
    this.#counted.set(value, OPEN);
    const total = Object.values(value).reduce((sum: number, child) => sum + this.count(child), 1);
    this.#counted.set(value, total);
    return total;
  }
}

function copy(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(copy);
  if (typeof value !== 'object' || value === null) return value as JsonValue;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, copy(child)]));
}
