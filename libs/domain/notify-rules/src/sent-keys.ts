import { isJsonObject } from '@tiphys/model';
import type { Destination } from './destination.ts';

/** Annotation that remembers what was told (wire/labels.tsv), in the format of Argo CD. */
export const SENT_KEYS_ANNOTATION = 'notified.notifications.argoproj.io';

const MAX_ENTRIES = 100;

/** `[<oncePer>:]<trigger>:<condition key>:<service>:<recipient>` -> seconds since the epoch. */
export type SentKeys = Readonly<Record<string, number>>;

export interface SentKeyParts {
  readonly trigger: string;
  /** `[index].hash` */
  readonly condition: string;
  /** Value of the `oncePer` expression; empty when there is none. */
  readonly oncePer: string;
  readonly destination: Destination;
}

export function sentKeyOf({ trigger, condition, oncePer, destination }: SentKeyParts): string {
  const key = `${trigger}:${condition}:${destination.service}:${destination.recipient}`;
  return oncePer === '' ? key : `${oncePer}:${key}`;
}

/** Reads the annotation; what cannot be read counts as nothing told. */
export function parseSentKeys(annotation: string | undefined): SentKeys {
  const keys = emptySentKeys();
  for (const [key, value] of Object.entries(objectOf(annotation))) {
    if (typeof value === 'number' && Number.isFinite(value)) keys[key] = value;
  }
  return keys;
}

function objectOf(annotation: string | undefined): Readonly<Record<string, unknown>> {
  if (annotation === undefined || annotation === '') return {};
  try {
    const parsed: unknown = JSON.parse(annotation);
    return isJsonObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

/** The annotation's text, keys sorted as Go writes maps; undefined when nothing is left to remember. */
export function formatSentKeys(keys: SentKeys): string | undefined {
  const names = Object.keys(keys).sort(byBytes);
  if (names.length === 0) return undefined;
  return `{${names.map((name) => `${goString(name)}:${keys[name] ?? 0}`).join(',')}}`;
}

export interface SentKeyChange {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
  /** Seconds since the epoch, for what is added. */
  readonly now: number;
}

/** The keys after a change. A key that is there keeps its time; beyond 100 the oldest go. */
export function changeSentKeys(keys: SentKeys, { add = [], remove = [], now }: SentKeyChange): SentKeys {
  const dropped = new Set(remove);
  const entries = Object.entries(keys).filter(([key]) => !dropped.has(key));
  for (const key of new Set(add)) if (!Object.hasOwn(keys, key) || dropped.has(key)) entries.push([key, now]);
  const excess = entries.length - MAX_ENTRIES;
  const kept = excess > 0 ? [...entries].sort((a, b) => a[1] - b[1]).slice(excess) : entries;
  return Object.assign(emptySentKeys(), Object.fromEntries(kept));
}

/** Without a prototype: keys come from users. */
const emptySentKeys = (): Record<string, number> => Object.create(null) as Record<string, number>;

/** Go's encoder escapes these even where JSON need not. */
const goString = (text: string): string =>
  JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

function byBytes(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const difference = (left[index]?.codePointAt(0) ?? 0) - (right[index]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
