import { describe, expect, it } from 'vitest';
import { parseYamlDocuments } from '@tiphys/yaml';
import type { FixtureRequest } from './testing/fixture-server.ts';
import { recordings, type Recording } from './testing/recording.ts';
import { replay } from './testing/replay.ts';

const RENDERED_THERE = 'local files are rendered by the server, not here';

const NO_KUBECONFIG = 'a cluster is removed without looking for a kubeconfig that knows it';

/** Recordings that this client answers otherwise, and why. */
const otherwise: Readonly<Record<string, string>> = {
  '011-account-update-password': 'the replay has no context whose session could be renewed',
  '032-account-session-token': 'the replay logs in by a flag',
  '033-account-bcrypt': 'a hash is another each time',
  '227-proj-create-from-file-changed': 'the recording does not hold the file',
  '270-proj-role-list-tokens': 'the recording holds no seconds, only places of times',
  '714-appset-create-missing-file': 'that a file is not there is told in one sentence',
  '715-appset-create-no-args': 'a missing argument is told in one line, not with all of the help',
  '721-appset-get-yaml': 'texts that need quotes get double ones',
  '231-proj-create-no-args': 'a missing argument is told in one line, not with all of the help',
  '235-proj-set-nothing': 'a missing flag is told in one line, not with all of the help',
  '158-cert-list-bad-type': 'mistakes on the command line go to standard error',
  '198-cluster-rm-no-prompt-eof': 'that the input ended is told in words',
  '199-cluster-rm': NO_KUBECONFIG,
  '216-cluster-rm-bearer': NO_KUBECONFIG,
  '836-cluster-rm-flags': NO_KUBECONFIG,
  '838-cluster-rm-in-cluster-secret': NO_KUBECONFIG,
  '003-app-list-not-logged-in': 'no server takes part; the text says where a context was looked for',
  '078-server-down': 'no server takes part; the text names what to do',
  '552-app-set-nothing': 'a missing flag is told in one line, not with all of the help',
  '558-app-set-dest-namespace': 'the source of a hydrated application is left to its hydrator',
  '567-app-unset-nothing': 'a missing flag is told in one line, not with all of the help',
  '416-app-create-no-args': 'a missing argument is told in one line, not with all of the help',
  '420-app-create-file-differs': 'the recording does not hold the file',
  '467-alice-app-sync-override-denied': RENDERED_THERE,
  '493-app-diff-local-clean': RENDERED_THERE,
  '531-app-sync-local': RENDERED_THERE,
  '428-app-get-tree': 'objects that are not there yet are all shown, not only one of them',
  '480-app-resources-tree-detailed':
    'the roots of the tree come in the order of the server, not in any order',
  '495-app-resources-tree': 'the roots of the tree come in the order of the server, not in any order',
  '499-app-get-resource': 'the fields come in the order of the object, not in any order',
  '614-app-patch-json': 'a text that begins with a star stands in double quotes',
  '615-app-patch-merge': 'a text that begins with a star stands in double quotes',
  '489-app-wait-tree': 'the roots of the tree come in the order of the table, not in any order',
  '534-app-sync-label': 'a line that repeats the name of the application is left out',
  '535-app-sync-label-none': 'a line that repeats the name of the application is left out',
  '579-app-get-oci': 'a digest is shown with seven of its characters, not with none',
  '657-app-get-windowed': 'whether a window is open is asked of the server, not computed here',
  '843-unknown-command': 'an unknown command is told in one line, not with all of the help',
  '844-unknown-flag': 'mistakes on the command line go to standard error',
};

const verbs = [
  'add-source',
  'edit',
  'list',
  'manifests',
  'get',
  'remove-source',
  'set',
  'unset',
  'create',
  'sync',
  'wait',
  'delete',
  'diff',
  'history',
  'rollback',
  'terminate-op',
  'actions',
  'logs',
  'resources',
  'get-resource',
  'patch-resource',
  'delete-resource',
  'patch',
  'confirm-deletion',
];

/** Groups of which this client has every recorded verb, but for `cluster add`, whose recordings need the cluster (see cluster-add.int.spec.ts). */
const groups = ['appset', 'repo', 'repocreds', 'cert', 'gpg', 'cluster'];

const isOurs = ({ argv }: Recording): boolean =>
  argv[0] === 'login' ||
  argv[0] === 'account' ||
  argv[0] === 'proj' ||
  (groups.includes(argv[0] ?? '') && !(argv[0] === 'cluster' && argv[1] === 'add')) ||
  (argv[0] === 'app' && verbs.includes(argv[1] ?? ''));

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

const ours = recordings().filter(isOurs);

describe('a recorded command', () => {
  it.runIf(ours.length > 0).each(ours.filter(({ name }) => otherwise[name] === undefined))(
    '$name ends, prints and fails as recorded',
    async (recording) => {
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
    },
  );
});
