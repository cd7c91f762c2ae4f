import { TiphysError } from '@tiphys/model';
import type { JsonValue } from '@tiphys/model';

/** What ES2026 adds to JSON and the compiler's ES2023 library does not know yet; Node 24 has both. */
interface LosslessJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): object;
}
const lossless = JSON as unknown as LosslessJson;

/** A number that starts with 16 digits; 2^53 has 16. A hit inside a string only costs the slower way. */
const LONG_INTEGER = /(?:^|[:,[])\s*-?\d{16}/;
/** The key itself, or an escape of one of its letters (`_ o p r t`). */
const PROTO_KEY = /__proto__|\\u00(?:5f|6f|7[024])/i;
const INTEGER = /^-?\d+$/;

export interface ParseOptions {
  /** `drop` leaves the key out, so that one odd object does not hide all others of its kind; default `refuse`. */
  readonly protoKeys?: 'refuse' | 'drop';
}

/**
 * Parses JSON as `JSON.parse` does, except that integers beyond 2^53 become `bigint` and `__proto__` keys
 * never get through. Texts with neither, nearly all, pay for two scans only.
 * Throws `invalid` for a refused key and for text that is no JSON.
 */
export function parseJson(text: string, options: ParseOptions = {}): JsonValue {
  try {
    if (!LONG_INTEGER.test(text) && !PROTO_KEY.test(text)) return JSON.parse(text) as JsonValue;
    return lossless.parse(text, (key, value, context) => {
      if (key === '__proto__') return protoKey(options);
      return typeof value === 'number' ? exactNumber(value, context.source) : value;
    }) as JsonValue;
  } catch (error) {
    if (error instanceof TiphysError) throw error;
    // The parser's own message quotes the text, which may be a credential.
    throw new TiphysError('invalid', `not JSON (${text.length} characters)`);
  }
}

/** Text of a JSON value; `bigint` is written as the integer it is. */
export function stringifyJson(value: JsonValue): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(value, (_key, item: unknown) =>
      typeof item === 'bigint' ? lossless.rawJSON(item.toString()) : item,
    );
  }
}

function protoKey({ protoKeys }: ParseOptions): undefined {
  if (protoKeys === 'drop') return undefined;
  throw new TiphysError('invalid', 'JSON with a key "__proto__" is refused; rename the key');
}

function exactNumber(value: number, source: string | undefined): number | bigint {
  if (Number.isSafeInteger(value) || source === undefined || !INTEGER.test(source)) return value;
  return BigInt(source);
}
