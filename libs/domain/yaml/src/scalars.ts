import { NOT_RESOLVED } from 'js-yaml';

const TRUE = new Set(['true', 'True', 'TRUE', 'y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON']);
const FALSE = new Set(['false', 'False', 'FALSE', 'n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF']);
const INTEGER = /^([-+]?)(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9][0-9]*)$/;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const NOT_FINITE = /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/;
const UINT64_MAX = 2n ** 64n - 1n;
const INT64_MIN = -(2n ** 63n);

type Resolved<T> = T | typeof NOT_RESOLVED;

/** YAML 1.1 booleans, all spellings that Kubernetes tools take. */
export function resolveBoolean(text: string): Resolved<boolean> {
  if (TRUE.has(text)) return true;
  return FALSE.has(text) ? false : NOT_RESOLVED;
}

/** Integers of 64 bits in base 2, 8, 10 and 16, underscores allowed; `bigint` beyond 2^53, unresolved beyond 64 bits. */
export function resolveInteger(text: string): Resolved<number | bigint> {
  const match = INTEGER.exec(text.replaceAll('_', ''));
  if (match === null) return NOT_RESOLVED;
  const magnitude = BigInt(withPrefix(match[2] ?? '0'));
  const value = match[1] === '-' ? -magnitude : magnitude;
  if (value > UINT64_MAX || value < INT64_MIN) return NOT_RESOLVED;
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

function withPrefix(digits: string): string {
  if (digits === '0' || !digits.startsWith('0')) return digits;
  return /^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase();
}

/** Decimal floats. JSON has no infinity and no NaN: those throw a RangeError. */
export function resolveFloat(text: string): Resolved<number> {
  if (NOT_FINITE.test(text)) throw new RangeError(`${text} has no form in JSON`);
  const plain = text.replaceAll('_', '');
  return FLOAT.test(plain) ? Number(plain) : NOT_RESOLVED;
}
