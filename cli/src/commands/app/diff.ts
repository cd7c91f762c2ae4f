import { annotations } from '@tiphys/model';
import type { Query } from '../../api/transport.ts';
import type { App } from '../../api/schemas/application.ts';
import { checkFormat } from '../../output/format.ts';
import { diffFormats } from '../../output/text-diff.ts';
import { defineCommand, type FlagSet, type FlagValues } from '../../program/definition.ts';
import { exitCodes, Failure } from '../../program/failure.ts';
import { parseAppRef } from './app-ref.ts';
import { differences } from './differences.ts';
import { appNamespace, sourceRevisions } from './flags.ts';
import type { LocalFiles } from './local/archive.ts';
import { localFilesOf, localFlags, maxBatch, tuning } from './local/flags.ts';
import { revisionsOf } from './sync-request.ts';

const flags = {
  refresh: { kind: 'switch', describe: 'Compare with git and the cluster anew first' },
  'hard-refresh': { kind: 'switch', describe: 'As --refresh, and render anew too' },
  revision: { kind: 'text', describe: 'Compare with this revision' },
  ...sourceRevisions,
  'exit-code': {
    kind: 'switch',
    default: true,
    describe: 'End with --diff-exit-code where there is a difference',
  },
  'diff-exit-code': { kind: 'integer', default: 1, describe: 'The exit code of a difference' },
  'diff-format': {
    kind: 'text',
    default: 'unified',
    describe: 'unified, or normal as plain `diff` writes it',
  },
  ...localFlags('/'),
  'local-include': {
    kind: 'list',
    placeholder: 'pattern',
    default: ['*.yaml', '*.yml', '*.json'],
    describe: 'Names of the files that --server-side-generate sends',
  },
  'server-side-generate': {
    kind: 'switch',
    describe: 'Take --local for the root of the repository and send the files that --local-include names',
  },
  'server-side-diff': {
    kind: 'switch',
    describe: 'Let the API server predict what applying does; the standard of applications that say so',
  },
  'server-side-diff-max-batch-kb': maxBatch,
  ...tuning,
  'app-namespace': appNamespace,
} as const satisfies FlagSet;

export const command = defineCommand({
  usage: 'APPNAME',
  args: { min: 1, max: 1 },
  description:
    'Shows how the live objects of an application differ from the desired ones. Ends with 1 where they do, with 0 where they do not, with 20 where that cannot be said. Values of Secrets are masked by the server.',
  flags,
  examples: [
    { what: 'What a sync would change', line: 'tiphys app diff shop' },
    { what: 'What a newer revision would change', line: 'tiphys app diff shop --revision v1.3.0' },
    { what: 'What the files in a directory would change', line: 'tiphys app diff shop --local ./deploy' },
    { what: 'Look without failing', line: 'tiphys app diff shop --exit-code=false' },
  ],
  async run({ connect, out, err }, { args, flags: values, given }) {
    const format = checkFormat(values['diff-format'], diffFormats);
    const ref = parseAppRef(args[0] ?? '', values['app-namespace']);
    const api = await connect();
    const refresh = values['hard-refresh'] ? 'hard' : values.refresh ? 'normal' : undefined;
    const app = await api.applications.get(ref, refresh);
    const query = queryOf(values, app);
    const local = localOf(values, given);
    if (local !== undefined && Object.keys(query).length > 0)
      throw new Failure('Give either --local or revisions.');
    if (Object.keys(query).length === 0 && local === undefined) checkCompared(app);
    const onServer = serverSideOf(values, given, app);
    if (onServer !== undefined && !isServerSide(app))
      err.line('Warning: Application does not have ServerSideDiff=true annotation.');
    const request = { app, ref, query, local, onServer };
    const found = await differences(api, request, { format, paint: out.paint });
    out.write(found.join(''));
    return found.length > 0 && values['exit-code'] ? values['diff-exit-code'] : exitCodes.ok;
  },
});

type DiffFlags = FlagValues<typeof flags>;

function localOf(values: DiffFlags, given: ReadonlySet<string>): LocalFiles | undefined {
  const local = localFilesOf(values, given);
  if (!values['server-side-generate']) return local;
  if (local === undefined) throw new Failure('--server-side-generate needs --local.');
  return { ...local, include: values['local-include'] };
}

/** Where the application says so the controller's comparison is of the server already, but for other manifests. */
function serverSideOf(
  values: DiffFlags,
  given: ReadonlySet<string>,
  app: App,
): { readonly maxBatchKilobytes: number } | undefined {
  const isOther = ['local', 'revision', 'revisions'].some((name) => given.has(name));
  const isAsked = given.has('server-side-diff') ? values['server-side-diff'] : isOther && isServerSide(app);
  return isAsked ? { maxBatchKilobytes: values['server-side-diff-max-batch-kb'] } : undefined;
}

const isServerSide = ({ metadata }: App): boolean =>
  (metadata.annotations?.[annotations.compareOptions] ?? '')
    .split(',')
    .some((option) => option.trim() === 'ServerSideDiff=true');

function queryOf(values: FlagValues<typeof flags>, app: App): Query {
  const { revisions, sourcePositions } = revisionsOf(values, app);
  return {
    ...(values.revision === undefined ? {} : { revision: values.revision }),
    ...(revisions === undefined ? {} : { revisions }),
    ...(sourcePositions === undefined ? {} : { sourcePositions: sourcePositions.map(String) }),
  };
}

/** Without a desired state there is nothing to compare with, and no difference would be a lie. */
function checkCompared(app: App): void {
  const failure = (app.status?.conditions ?? []).find(({ type }) => type === 'ComparisonError');
  if (failure !== undefined)
    throw new Failure(`The application ${app.metadata.name} cannot be compared: ${failure.message ?? ''}`, {
      exitCode: exitCodes.general,
    });
}
