import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from './run-cli.ts';

const folder = resolve(root, '..', 'shared', 'wire', 'sessions', 'cli');

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonMap = { readonly [key: string]: Json };

export interface RecordedCall {
  readonly method: string;
  /** The application that the call was about; empty for none. */
  readonly about: string;
  readonly status: number;
  readonly message: string;
  readonly request: Json;
  readonly response: Json;
  /** Messages of a stream that were kept in full. */
  readonly messages: readonly Json[];
}

/** One invocation of the reference client: what was typed, what came out, and what it asked the server. */
export interface Recording {
  readonly name: string;
  readonly argv: readonly string[];
  readonly exitCode: number;
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly files: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly calls: readonly RecordedCall[];
}

/** All recordings; none, and a line that says so, where they are not at hand. */
export function recordings(): readonly Recording[] {
  if (!existsSync(folder)) {
    process.stderr.write('skipped: the recorded sessions are not here\n');
    return [];
  }
  const common = readJson('common.json');
  const files = readdirSync(folder).filter((file) => /^\d{3}-.*\.json$/.test(file));
  const all = files.sort().map((file) => recordingOf(file.replace('.json', ''), readJson(file), common));
  const shared = Object.assign({}, ...all.map((one) => one.files)) as Readonly<Record<string, string>>;
  return all.map((one) => ({ ...one, files: { ...shared, ...one.files } }));
}

const readJson = (file: string): JsonMap => JSON.parse(readFileSync(join(folder, file), 'utf8')) as JsonMap;

function recordingOf(name: string, raw: JsonMap, common: JsonMap): Recording {
  const tokens = Object.entries((raw['jwts'] ?? {}) as JsonMap);
  const text = tokens.reduce(
    (current, [mark, token]) =>
      current.replaceAll(mark, jwtOf(JSON.parse(concrete(JSON.stringify(token))) as JsonMap)),
    JSON.stringify(whole(raw, raw, common)),
  );
  const value = JSON.parse(concrete(text)) as JsonMap;
  return {
    name,
    argv: (value['argv'] as string[]).slice(1),
    exitCode: Number(value['exitCode']),
    stdin: textIn(value, 'stdin'),
    stdout: textIn(value, 'stdout'),
    stderr: textIn(value, 'stderr'),
    files: (value['files'] ?? {}) as Record<string, string>,
    env: (value['env'] ?? {}) as Record<string, string>,
    calls: ((value['rpcs'] ?? []) as JsonMap[])
      .filter((call) => typeof call['method'] === 'string')
      .map(callOf),
  };
}

const callOf = (call: JsonMap): RecordedCall => ({
  method: textIn(call, 'method').split('/').slice(-2).join('/').split('.').at(-1) ?? '',
  about: textIn(call, 'method').endsWith('/UpdatePassword') ? '' : nameIn((call['request'] ?? {}) as JsonMap),
  status: Number(call['grpc-status'] ?? 0),
  message: textIn(call, 'grpc-message'),
  request: call['request'] ?? {},
  response: restForm(call['response'] ?? {}),
  messages: ((call['responses'] ?? []) as JsonMap[]).flatMap(({ decoded }) =>
    decoded === undefined ? [] : [restForm(decoded)],
  ),
});

const nameIn = (request: JsonMap): string => textIn(request, 'name') || textIn(request, 'applicationName');

function textIn(map: JsonMap, key: string): string {
  const value = map[key];
  return typeof value === 'string' ? value : '';
}

/** Puts values back that the files hold only once. */
function whole(value: Json, self: Json, common: JsonMap): Json {
  if (Array.isArray(value)) return (value as Json[]).map((item) => whole(item, self, common));
  if (value === null || typeof value !== 'object') return value;
  const map = value as JsonMap;
  if (typeof map['$same'] === 'string') return whole(at(self, map['$same']), self, common);
  const { $common: shared, ...rest } = map;
  const base = typeof shared === 'string' ? (whole(at(common, shared), common, common) as JsonMap) : {};
  const own = Object.entries(rest).map(([key, inner]) => [key, whole(inner, self, common)]);
  return { ...base, ...(Object.fromEntries(own) as JsonMap) };
}

function at(value: Json, path: string): Json {
  let current = value;
  for (const [, index, quoted, name] of path.matchAll(/\[(\d+)\]|\["(.*?)"\]|([\w$-]+)/g))
    current = (current as Record<string, Json>)[index ?? quoted ?? name ?? ''] ?? null;
  return current;
}

/** Placeholders of commits become commits; those of times become one time each. */
const concrete = (text: string): string =>
  text
    .replace(/<git(7?):([^<>]+)>/g, (_all, short: string, name: string) => {
      const commit = createHash('sha1').update(name).digest('hex');
      return short === '' ? commit : commit.slice(0, 7);
    })
    .replace(
      /<ts(?:frac)?-(\d+)>/g,
      (_all, number: string) => `2026-01-02T03:04:${number.padStart(2, '0')}Z`,
    );

/** A message as the gateway writes it: times are texts, a reference to an object stands in the message itself. */
function restForm(value: Json): Json {
  if (Array.isArray(value)) return (value as Json[]).map(restForm);
  if (value === null || typeof value !== 'object') return value;
  const { resourceRef, ...own } = value as JsonMap;
  const map = { ...(resourceRef as JsonMap | undefined), ...own };
  if (typeof map['seconds'] === 'string') return map['seconds'];
  const entries = Object.entries(map).map(([key, inner]) => [key, secondsIn(key, restForm(inner))] as const);
  return Object.fromEntries(entries.filter(([key, inner]) => !isNoTime(key, inner)));
}

/** Some times are numbers on the wire. */
const secondsIn = (key: string, value: Json): Json =>
  ['iat', 'exp', 'issuedAt', 'expiresAt'].includes(key) && typeof value === 'string'
    ? Date.parse(value) / 1_000
    : value;

const isNoTime = (key: string, value: Json): boolean =>
  /(At|Timestamp|Time)$/.test(key) &&
  value !== null &&
  typeof value === 'object' &&
  Object.keys(value).length === 0;

const part = (value: Json): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const jwtOf = (token: JsonMap): string =>
  `${part(token['header'] ?? {})}.${part(token['claims'] ?? {})}.c2lnbmF0dXJl`;
