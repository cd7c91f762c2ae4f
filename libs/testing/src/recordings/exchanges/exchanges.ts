import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { sessionsFolder } from '../recording.ts';
import { isJsonObject, stringAt } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';

/** One recorded HTTP exchange. */
export interface Exchange {
  readonly file: string;
  readonly as: string | undefined;
  readonly verb: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly requestBody: JsonValue | undefined;
  readonly status: number;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly body: JsonValue | undefined;
}

/** True where the recorded sessions are at hand; says so where they are not. */
export function recordingsPresent(): boolean {
  if (existsSync(sessionsFolder)) return true;
  process.stderr.write('skipped: the recorded sessions are not here\n');
  return false;
}

/** A recorded exchange as its file has it, streams included. */
export interface Recording {
  readonly file: string;
  readonly as: string | undefined;
  readonly request: JsonObject;
  readonly response: JsonObject;
  /** All that the file has. */
  readonly whole: JsonObject;
}

/** The recording of a number. */
export function readRecording(number: number): Recording {
  const folder = resolve(sessionsFolder, 'rest');
  const prefix = `${String(number).padStart(3, '0')}-`;
  const file = readdirSync(folder).find((name) => name.startsWith(prefix)) ?? '';
  const raw = JSON.parse(readFileSync(resolve(folder, file), 'utf8')) as JsonObject;
  const whole = resolveSame(raw, raw) as JsonObject;
  return {
    file,
    as: (whole['as'] as string | null) ?? undefined,
    request: whole['request'] as JsonObject,
    response: whole['response'] as JsonObject,
    whole,
  };
}

/** The recorded REST exchange of a number. */
export function readExchange(number: number): Exchange {
  const { file, as, request, response } = readRecording(number);
  return {
    file,
    as,
    verb: stringAt(request, 'verb') ?? '',
    path: stringAt(request, 'path') ?? '',
    headers: (request['headers'] ?? {}) as Record<string, string>,
    requestBody: request['body'],
    status: Number(response['status']),
    responseHeaders: (response['headers'] ?? {}) as Record<string, string>,
    body: response['body'],
  };
}

/** Puts values back that a file holds only once. */
export function resolveSame(value: JsonValue | undefined, root: JsonObject): JsonValue | undefined {
  if (Array.isArray(value)) return value.map((item: JsonValue) => resolveSame(item, root) ?? null);
  if (!isJsonObject(value)) return value;
  if (typeof value['$same'] === 'string') return resolveSame(at(root, value['$same']), root);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolveSame(inner, root)]));
}

function at(root: JsonValue, path: string): JsonValue | undefined {
  let current: JsonValue | undefined = root;
  for (const [, index, quoted, name] of path.matchAll(/\[(\d+)\]|\["(.*?)"\]|([\w$-]+)/g)) {
    const key = index ?? quoted ?? name ?? '';
    current = (current as Record<string, JsonValue> | undefined)?.[key];
  }
  return current;
}

/** Noise: who wrote which field, how often, and a mark of a part that was switched on while recording. */
const NOISE = new Set(['managedFields', 'generation', 'argocd.argoproj.io/hydrate']);

const PLACEHOLDER = /<(ts|tsfrac|uid|rv|sha1|jwt|git|git7|rnd|fieldsV1|nanos)[^<>]*>/;

/**
 * Where an answer differs from a recorded value. Placeholders stand for any text, the same one for the same
 * placeholder; lists are compared in order, objects as sets of keys.
 */
export function differences(
  recorded: JsonValue | undefined,
  actual: JsonValue | undefined,
): readonly string[] {
  const found: string[] = [];
  const bindings = new Map<string, JsonValue | undefined>();
  const compare = (want: JsonValue | undefined, have: JsonValue | undefined, path: string): void => {
    if (typeof want === 'string' && PLACEHOLDER.test(want)) {
      if (want.replace(PLACEHOLDER, '') !== '') return;
      if (/^<(uid|jwt)/.test(want)) {
        if (bindings.has(want) && bindings.get(want) !== have)
          found.push(`${path}: ${want} is not the same everywhere`);
        bindings.set(want, have);
      }
      if (have === undefined) found.push(`${path}: missing`);
    } else if (Array.isArray(want)) {
      const items = Array.isArray(have) ? (have as readonly JsonValue[]) : [];
      if (!Array.isArray(have) || items.length !== want.length)
        found.push(`${path}: ${show(have)} instead of ${show(want)}`);
      else want.forEach((item: JsonValue, index) => compare(item, items[index], `${path}[${index}]`));
    } else if (isJsonObject(want)) {
      if (!isJsonObject(have)) return void found.push(`${path}: ${show(have)} instead of ${show(want)}`);
      for (const key of new Set([...Object.keys(want), ...Object.keys(have)])) {
        if (!NOISE.has(key)) compare(quiet(want[key]), quiet(have[key]), `${path}.${key}`);
      }
    } else if (want !== have) {
      found.push(`${path}: ${show(have)} instead of ${show(want)}`);
    }
  };
  compare(recorded, actual, '');
  return found;
}

/** An object that holds nothing but noise counts as absent. */
function quiet(value: JsonValue | undefined): JsonValue | undefined {
  if (!isJsonObject(value)) return value;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => NOISE.has(key)) ? undefined : value;
}

const show = (value: JsonValue | undefined): string => (JSON.stringify(value) ?? 'nothing').slice(0, 200);
