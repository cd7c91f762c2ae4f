import type { JsonValue } from '@tiphys/model';
import type { MessageShape } from '../schema/shape.ts';

/** What an object was encoded to before. */
export interface Memo {
  proto?: Uint8Array;
  json?: string;
  jsonBytes?: Buffer;
}

const V1ALPHA1 = 'github.com.argoproj.argo_cd.v3.pkg.apis.application.v1alpha1.';

/** Objects that live in informers, never changed in place, so that one encoding serves every reply. */
const REMEMBERED: ReadonlySet<string> = new Set([`${V1ALPHA1}Application`, `${V1ALPHA1}AppProject`]);

const memos = new WeakMap<object, Memo>();

/** True for messages whose objects are remembered. */
export const isRemembered = (shape: MessageShape): boolean => REMEMBERED.has(shape.name);

/**
 * The memo of an object of a remembered message, undefined for all others. It goes with the object, so it costs
 * memory exactly as long as the object itself is kept.
 */
export function memoOf(shape: MessageShape, value: JsonValue | undefined): Memo | undefined {
  if (typeof value !== 'object' || value === null || !isRemembered(shape)) return undefined;
  const known = memos.get(value);
  if (known) return known;
  const memo: Memo = {};
  memos.set(value, memo);
  return memo;
}
