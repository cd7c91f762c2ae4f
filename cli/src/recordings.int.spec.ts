import { describe, expect, it } from 'vitest';
import { parseYamlDocuments } from '@tiphys/yaml';
import type { FixtureRequest } from './testing/fixture-server.ts';
import type { Recording } from './testing/recording.ts';
import { replay } from './testing/replay.ts';
import { replayedHere, server } from './testing/shares/index.ts';

/** Alignment beside placeholders, and times, are noise; so is progress, of which a recording keeps only the ends. */
function normalized(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\dT[\d:]+(?:Z|[+-]\d\d:\d\d)/g, '<time>')
    .replace(/\d{4}-\d\d-\d\d [\d:]+ [+-]\d{4} \S+/g, '<time>')
    .replace(/^Duration: .*$/gm, 'Duration:')
    .replace(/(?<= )\d+[smhd](?= )/g, '<age>')
    .replace(/127\.0\.0\.1:\d+/g, '<address>')
    .replace(/"(<[\w-]+>)"/g, '$1')
    .replaceAll('\\u003c', '<')
    .replaceAll('\\u003e', '>')
    .replace(/^\d+(?:,\d+)?[acd]\d+(?:,\d+)?$/gm, '<lines>')
    .split('\n')
    .filter((line) => !/^(?:TIMESTAMP|<time>) /.test(line))
    .map((line) => line.replace(/ {2,}/g, '  ').trimEnd())
    .join('\n')
    .trim();
}

const fatal = (stderr: string): string =>
  /"level":"fatal","msg":("(?:[^"\\]|\\.)*")/.exec(stderr)?.[1] ?? '""';

/** What the reference says, and what this client says in its place. */
function expectedError(stderr: string): readonly string[] {
  const message = JSON.parse(fatal(stderr)) as string;
  const [, code, detail] = /^rpc error: code = (\w+) desc = (.*)$/s.exec(message) ?? [];
  return code === undefined || detail === undefined ? [message] : [detail.trimEnd(), `(${code})`];
}

/** The specs that a client wrote, without what says nothing. */
const specsSent = (requests: readonly FixtureRequest[]): readonly unknown[] =>
  requests
    .filter(({ method, path }) => method === 'PUT' && path.endsWith('/spec'))
    .map(({ body }) => meaningful(JSON.parse(body)));

const specsRecorded = ({ calls }: Recording): readonly unknown[] =>
  calls
    .filter(({ method }) => method === 'ApplicationService/UpdateSpec')
    .map(({ request }) => meaningful((request as { readonly spec?: unknown }).spec));

/** On the wire all fields of some messages are there; in JSON those that hold nothing are left out. */
function meaningful(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(meaningful);
  if (typeof value !== 'object' || value === null) return value;
  const plain = unwrapped(value as Readonly<Record<string, unknown>>);
  if (plain !== undefined) return plain;
  const entries = Object.entries(value).map(([key, inner]) => [key, meaningful(inner)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => !saysNothing(inner)));
}

/** Integer-or-string and raw JSON are messages of their own on the wire. */
function unwrapped({ intVal, raw }: Readonly<Record<string, unknown>>): unknown {
  if (intVal !== undefined) return intVal;
  const text = typeof raw === 'object' && raw !== null && '$utf8' in raw ? raw.$utf8 : undefined;
  return typeof text === 'string' ? meaningful(JSON.parse(text)) : undefined;
}

const saysNothing = (value: unknown): boolean =>
  value === '' ||
  value === false ||
  value === null ||
  (typeof value === 'object' && Object.keys(value).length === 0);

const ours = replayedHere(server);

describe('a recorded command', () => {
  it.runIf(ours.length > 0).each(ours)('$name ends, prints and fails as recorded', async (recording) => {
    const [group, verb] = recording.argv;
    const yaml =
      recording.argv.includes('yaml') ||
      verb === 'patch' ||
      (group === 'cluster' && verb === 'get' && !recording.argv.includes('-o'));
    const document = yaml
      ? JSON.stringify(parseYamlDocuments(recording.stdout, { file: recording.name })[0])
      : recording.stdout;
    const outcome = await replay(recording, document);
    expect(specsSent(outcome.requests)).toEqual(specsRecorded(recording));
    expect(normalized(outcome.stdout)).toBe(normalized(recording.stdout));
    for (const text of expectedError(recording.stderr)) expect(outcome.stderr).toContain(text);
    expect(outcome.code).toBe(recording.exitCode);
  });
});
