import { sourcesOf, type App, type AppSource } from '../../api/schemas/application.ts';
import { formatConditions } from '../../output/app-summary.ts';
import { formatDocument } from '../../output/document.ts';
import { checkFormat } from '../../output/format.ts';
import { formatOperation } from '../../output/operation.ts';
import { formatParameters } from '../../output/parameters.ts';
import { defineCommand, type FlagSet, type FlagValues } from '../../program/definition.ts';
import { Failure } from '../../program/failure.ts';
import type { Invocation } from '../../program/invocation.ts';
import { withDeadline } from '../../waiting/deadline.ts';
import { namedRef } from './app-ref.ts';
import { appNamespace, outputOfState, stateFormats, timeout } from './flags.ts';
import { resourcesOf, summaryOf, type StateView } from './state.ts';

const flags = {
  output: { ...outputOfState, describe: 'Format: wide, json, yaml, tree or tree=detailed' },
  refresh: { kind: 'switch', describe: 'Compare with git and the cluster anew first' },
  'hard-refresh': { kind: 'switch', describe: 'As --refresh, and render anew too' },
  'show-operation': { kind: 'switch', describe: 'Show how the last operation went' },
  'show-params': { kind: 'switch', describe: 'Show the Helm parameters' },
  'source-name': { kind: 'text', describe: 'Show the parameters of the source of this name' },
  'source-position': {
    kind: 'integer',
    default: -1,
    describe: 'Show the parameters of this source, counted from 1',
  },
  timeout,
  'app-namespace': appNamespace,
} as const satisfies FlagSet;

export type GetFlags = FlagValues<typeof flags>;

export const command = defineCommand({
  usage: 'APPNAME',
  args: { min: 1, max: 1 },
  description: 'Shows an application with its objects.',
  flags,
  examples: [
    { what: 'The state of an application', line: 'tiphys app get shop' },
    {
      what: 'Compare it with git first, and show what its objects own',
      line: 'tiphys app get shop --refresh -o tree',
    },
    { what: 'Its commit, for a script', line: 'tiphys app get shop -o json | jq -r .status.sync.revision' },
  ],
  async run(invocation, { args, flags: values }) {
    await showApp(invocation, args[0] ?? '', values);
    return 0;
  },
});

/** Reads an application, refreshed where that was asked for, and prints it. */
export async function showApp(invocation: Invocation, name: string, values: GetFlags): Promise<void> {
  const format = checkFormat(values.output, stateFormats);
  const named = namedRef(name, values['app-namespace']);
  const api = await invocation.connect();
  const refresh = values['hard-refresh'] ? 'hard' : values.refresh ? 'normal' : undefined;
  const app = await withDeadline(values.timeout, `reading the application ${name}`, (signal) =>
    api.applications.get(named.ref, refresh, signal),
  );
  if (format === 'json' || format === 'yaml') {
    invocation.out.write(formatDocument(app, format));
    return;
  }
  const view = { api, app, named, urlName: app.metadata.name };
  invocation.out.write(await summaryOf(invocation, view));
  printDetails(invocation, view, values);
  const resources = await resourcesOf(invocation, view, { format });
  if (resources !== '') invocation.out.write(`\n${resources}`);
}

function printDetails({ out, now }: Invocation, { app }: StateView, values: GetFlags): void {
  const conditions = formatConditions(app);
  if (conditions !== '') out.write(`\n${conditions}\n`);
  const state = app.status?.operationState;
  if (values['show-operation'] && state)
    out.write(`\n${formatOperation(state, { now: now(), paint: out.paint })}`);
  const parameters = values['show-params'] ? formatParameters(chosenSource(app, values)) : undefined;
  if (parameters !== undefined) out.write(`\n\n${parameters}`);
}

function chosenSource(app: App, values: GetFlags): AppSource {
  const sources = sourcesOf(app);
  const name = values['source-name'];
  const position = values['source-position'];
  if (sources.length > 1 && name === undefined && position < 1)
    throw new Failure(`The application ${app.metadata.name} has ${String(sources.length)} sources.`, {
      hints: ['Say which one with --source-position (counted from 1) or --source-name.'],
    });
  const source =
    name === undefined ? sources[Math.max(position, 1) - 1] : sources.find((one) => one.name === name);
  if (source !== undefined) return source;
  throw new Failure(`The application ${app.metadata.name} has no source ${name ?? String(position)}.`);
}
