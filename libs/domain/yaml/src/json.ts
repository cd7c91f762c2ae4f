import { messageOf, TiphysError, type JsonValue } from '@tiphys/model';

interface ReviverContext {
  readonly source?: string;
}
type Reviver = (this: unknown, key: string, value: unknown, context: ReviverContext) => unknown;
const parseWith = JSON.parse as (text: string, reviver?: Reviver) => unknown;

const MAY_NEED_CARE = /[0-9]{16}|__proto__|\\u/;
const INTEGER = /^-?[0-9]+$/;

/**
 * Reads JSON without losing integers beyond 2^53 (they become `bigint`) and refuses the key `__proto__`.
 * Errors are TiphysError `invalid` that name the file.
 */
export function parseJson(text: string, file: string): JsonValue {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
  try {
    return (MAY_NEED_CARE.test(source) ? parseWith(source, lossless) : parseWith(source)) as JsonValue;
  } catch (error) {
    throw new TiphysError('invalid', `cannot read ${file}: ${messageOf(error)}`);
  }
}

function lossless(this: unknown, key: string, value: unknown, context: ReviverContext): unknown {
  if (key === '__proto__') throw new SyntaxError('the key __proto__ is not allowed');
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context.source ?? '';
  return INTEGER.test(source) ? BigInt(source) : value;
}
