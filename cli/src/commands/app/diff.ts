import type { Query } from '../../api/transport.ts';
import type { App } from '../../api/schemas/application.ts';
import { checkFormat } from '../../output/format.ts';
import { diffFormats } from '../../output/text-diff.ts';
import { defineCommand, type FlagSet, type FlagValues } from '../../program/definition.ts';
import { exitCodes, Failure } from '../../program/failure.ts';
import { parseAppRef } from './app-ref.ts';
import { differences } from './differences.ts';
import { appNamespace } from './flags.ts';
import { revisionsOf } from './sync-request.ts';

const flags = {
  refresh: { kind: 'switch', describe: 'Compare with git and the cluster anew first' },
  'hard-refresh': { kind: 'switch', describe: 'As --refresh, and render anew too' },
  revision: { kind: 'text', describe: 'Compare with this revision' },
  revisions: { kind: 'list', describe: 'Revision of the source at the same place of --source-positions' },
  'source-positions': { kind: 'integers', describe: 'Sources that --revisions are for, counted from 1' },
  'source-names': { kind: 'list', describe: 'Sources that --revisions are for, by name' },
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
    { what: 'Look without failing', line: 'tiphys app diff shop --exit-code=false' },
  ],
  async run({ connect, out }, { args, flags: values }) {
    const format = checkFormat(values['diff-format'], diffFormats);
    const ref = parseAppRef(args[0] ?? '', values['app-namespace']);
    const api = await connect();
    const refresh = values['hard-refresh'] ? 'hard' : values.refresh ? 'normal' : undefined;
    const app = await api.applications.get(ref, refresh);
    const query = queryOf(values, app);
    if (Object.keys(query).length === 0) checkCompared(app);
    const found = await differences(api, { app, ref, query }, { format, paint: out.paint });
    out.write(found.join(''));
    return found.length > 0 && values['exit-code'] ? values['diff-exit-code'] : exitCodes.ok;
  },
});

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
