import { TiphysError } from '@tiphys/model';
import type { JsonValue } from '@tiphys/model';
import type { FieldShape } from '../schema/shape.ts';

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);
const INTEGER = /^[+-]?\d+$/;

/** The value of a field given as text in a path or a query. @throws TiphysError `invalid` in Go's words. */
export function readScalarText(field: FieldShape, text: string): JsonValue {
  switch (field.kind) {
    case 'string':
      return text;
    case 'bytes':
      return text;
    case 'bool':
      if (TRUE.has(text)) return true;
      if (FALSE.has(text)) return false;
      throw syntaxError('ParseBool', text);
    case 'int32':
    case 'int64':
      return readInteger(text);
    case 'message':
      throw new TiphysError('invalid', `the field ${field.name} is no single value`);
  }
}

/** A time as RFC 3339 or as seconds since the epoch. @throws TiphysError `invalid` */
export function readTimeText(text: string): string {
  const ms = INTEGER.test(text) ? Number(text) * 1_000 : Date.parse(text);
  const time = new Date(ms);
  if (Number.isNaN(time.getTime()))
    throw new TiphysError('invalid', `${JSON.stringify(text)} is no time: write it as RFC 3339`);
  return time.toISOString();
}

function readInteger(text: string): number | bigint {
  if (!INTEGER.test(text)) throw syntaxError('ParseInt', text);
  const value = BigInt(text.replace(/^\+/, ''));
  return value === BigInt(Number(value)) && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

const syntaxError = (parser: string, text: string): TiphysError =>
  new TiphysError('invalid', `strconv.${parser}: parsing ${JSON.stringify(text)}: invalid syntax`);
