import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { sessionsFolder } from '../recording.ts';
import { isJsonObject, stringAt } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';

const folder = resolve(sessionsFolder, 'cli');

/** One unary call that the recorded client made. */
export interface RecordedCall {
  readonly method: string;
  readonly request: JsonObject;
  readonly status: number;
  readonly message: string;
  readonly response: JsonObject;
}

/** One invocation of the recorded client. */
export interface Invocation {
  readonly name: string;
  readonly argv: readonly string[];
  readonly calls: readonly RecordedCall[];
  /** Claims of each token that occurs, by its placeholder. */
  readonly tokens: JsonObject;
  readonly logsOut: boolean;
}

/** The recorded invocations of a range of numbers, in order; none where the recordings are not at hand. */
export function invocations(from: number, to: number): readonly Invocation[] {
  if (!existsSync(folder)) return [];
  const common = read('common.json');
  return readdirSync(folder)
    .filter((file) => /^\d{3}-/.test(file))
    .filter((file) => Number(file.slice(0, 3)) >= from && Number(file.slice(0, 3)) <= to)
    .sort()
    .map((file) => invocationOf(file.replace('.json', ''), read(file), common));
}

const read = (file: string): JsonObject =>
  JSON.parse(readFileSync(resolve(folder, file), 'utf8')) as JsonObject;

function invocationOf(name: string, raw: JsonObject, common: JsonObject): Invocation {
  const whole = resolved(raw, raw, common) as JsonObject;
  const calls = (whole['rpcs'] ?? []) as readonly JsonObject[];
  return {
    name,
    argv: (whole['argv'] as readonly string[]).slice(1),
    calls: calls.filter(({ method }) => typeof method === 'string').map(callOf),
    tokens: isJsonObject(whole['jwts']) ? whole['jwts'] : {},
    logsOut: JSON.stringify(calls).includes('/auth/logout'),
  };
}

const callOf = (call: JsonObject): RecordedCall => ({
  method: stringAt(call, 'method') ?? '',
  request: plain(call['request'] ?? {}) as JsonObject,
  status: Number(call['grpc-status'] ?? 0),
  message: stringAt(call, 'grpc-message') ?? '',
  response: plain(call['response'] ?? {}) as JsonObject,
});

/** Puts values back that the files hold only once. */
function resolved(value: JsonValue | undefined, self: JsonObject, common: JsonObject): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => resolved(item, self, common));
  if (!isJsonObject(value)) return value ?? null;
  if (typeof value['$same'] === 'string') return resolved(at(self, value['$same']), self, common);
  const { $common: shared, ...rest } = value;
  const base = typeof shared === 'string' ? resolved(at(common, shared), common, common) : {};
  const own = Object.entries(rest).map(([key, inner]) => [key, resolved(inner, self, common)]);
  return { ...(base as JsonObject), ...(Object.fromEntries(own) as JsonObject) };
}

function at(root: JsonValue, path: string): JsonValue | undefined {
  let current: JsonValue | undefined = root;
  for (const [, index, quoted, name] of path.matchAll(/\[(\d+)\]|\["(.*?)"\]|([\w$-]+)/g)) {
    current = (current as Record<string, JsonValue> | undefined)?.[index ?? quoted ?? name ?? ''];
  }
  return current;
}

/** A message in the form that callers of the codec know: times are texts, who set which field is left out. */
export function plain(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => plain(item));
  if (!isJsonObject(value)) return value;
  if (value['seconds'] !== undefined) return value['seconds'];
  const entries = Object.entries(value)
    .filter(([key, inner]) => key !== 'managedFields' && !isNoTime(key, inner))
    .map(([key, inner]) => [key, plain(inner ?? null)] as const);
  return Object.fromEntries(entries);
}

const isNoTime = (key: string, value: JsonValue | undefined): boolean =>
  /(At|Timestamp|Time)$/.test(key) && isJsonObject(value) && Object.keys(value).length === 0;

/** A message without fields that have the value they have when nothing is said; an empty list is one of them. */
export function withoutDefaults(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => withoutDefaults(item));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withoutDefaults(inner ?? null)] as const);
  return Object.fromEntries(
    entries.filter(([key, inner]) => !isDefault(inner) && !(key === 'status' && isEmpty(inner))),
  );
}

const isEmpty = (value: JsonValue): boolean => isJsonObject(value) && Object.keys(value).length === 0;

const isDefault = (value: JsonValue): boolean =>
  value === null ||
  value === '' ||
  value === 0 ||
  value === false ||
  (Array.isArray(value) && value.length === 0);

const PLACEHOLDER = /^<(?:uid|rv|ts|jwt)-\d+>$/;

/** What placeholders of one invocation stand for here, learnt from answers and put into requests. */
export class Bindings {
  readonly #values = new Map<string, JsonValue>();

  learn(recorded: JsonValue | undefined, actual: JsonValue | undefined): void {
    if (typeof recorded === 'string' && PLACEHOLDER.test(recorded) && actual !== undefined) {
      if (!this.#values.has(recorded)) this.#values.set(recorded, actual);
    } else if (Array.isArray(recorded) && Array.isArray(actual)) {
      recorded.forEach((item: JsonValue, index) => this.learn(item, actual[index] as JsonValue | undefined));
    } else if (isJsonObject(recorded) && isJsonObject(actual)) {
      for (const [key, value] of Object.entries(recorded)) this.learn(value, actual[key]);
    }
  }

  fill(value: JsonValue): JsonValue {
    if (typeof value === 'string') return this.#values.get(value) ?? value;
    if (Array.isArray(value)) return value.map((item: JsonValue) => this.fill(item));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.fill(inner ?? null)]));
  }
}
