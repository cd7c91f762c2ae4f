import type { JsonValue } from '@tiphys/model';

/** Raised when aliases unfold into more values than allowed, or into themselves. */
export class ExpansionError extends Error {
  override readonly name = 'ExpansionError';
}

/**
 * Copies a value so that no two places share an object, as if each alias had been written out.
 * Throws ExpansionError beyond `maxValues` values; counts before it copies, so a bomb costs nothing.
 */
export function expandAliases(value: unknown, maxValues: number): JsonValue {
  if (countValues(value, new Map()) > maxValues) {
    throw new ExpansionError(`aliases unfold into more than ${String(maxValues)} values`);
  }
  return copy(value);
}

const OPEN = -1;

function countValues(value: unknown, counted: Map<object, number>): number {
  if (typeof value !== 'object' || value === null) return 1;
  const known = counted.get(value);
  if (known === OPEN) throw new ExpansionError('an alias refers to a value that contains it');
  if (known !== undefined) return known;
  counted.set(value, OPEN);
  let total = 1;
  for (const child of Object.values(value)) total += countValues(child, counted);
  counted.set(value, total);
  return total;
}

function copy(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(copy);
  if (typeof value !== 'object' || value === null) return value as JsonValue;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, copy(child)]));
}
