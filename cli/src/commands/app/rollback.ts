import type { App } from '../../api/schemas/application.ts';
import { qualifiedName } from '../../api/schemas/application.ts';
import { checkFormat } from '../../output/format.ts';
import { defineCommand } from '../../program/definition.ts';
import { exitCodes, Failure } from '../../program/failure.ts';
import { nothing } from '../../waiting/conditions.ts';
import { namedRef } from './app-ref.ts';
import { appNamespace, outputOfState, stateFormats, timeout } from './flags.ts';
import { checkOutcome } from './outcome.ts';
import { waitAndPrint } from './wait-and-print.ts';

export const command = defineCommand({
  usage: 'APPNAME [ID]',
  args: { min: 1, max: 2 },
  description:
    'Goes back to a deployment of the history, the one before the last where no id is given, and follows it to the end.',
  flags: {
    prune: { kind: 'switch', describe: 'Delete objects that were not there at that time' },
    timeout,
    output: outputOfState,
    'app-namespace': appNamespace,
  },
  examples: [
    { what: 'Undo the last deployment', line: 'tiphys app rollback shop' },
    { what: 'Go back to a deployment of tiphys app history', line: 'tiphys app rollback shop 12 --prune' },
  ],
  async run(invocation, { args, flags }) {
    const [name = '', asked] = args;
    const format = checkFormat(flags.output, stateFormats);
    const named = namedRef(name, flags['app-namespace']);
    const api = await invocation.connect();
    const app = await api.applications.get(named.ref);
    await api.applications.rollback(named.ref, { id: deploymentId(app, asked), prune: flags.prune });
    const ended = await waitAndPrint(invocation, {
      api,
      named,
      conditions: { ...nothing, operation: true },
      chosen: undefined,
      timeout: flags.timeout,
      format,
      urlName: qualifiedName(app),
      refreshAtEnd: true,
    });
    checkOutcome(ended, { wholeApp: false });
    return 0;
  },
});

function deploymentId(app: App, asked: string | undefined): number {
  const ids = (app.status?.history ?? []).map(({ id }) => id ?? 0);
  const { name } = app.metadata;
  if (asked === undefined) {
    const previous = ids.at(-2);
    if (previous !== undefined) return previous;
    throw new Failure(`application '${name}' has no earlier deployment to go back to`, {
      exitCode: exitCodes.general,
    });
  }
  const found = ids.find((id) => String(id) === asked);
  if (found !== undefined) return found;
  throw new Failure(`application '${name}' does not have deployment id '${asked}' in history`, {
    exitCode: exitCodes.general,
    hints: [`tiphys app history ${name} shows the ids.`],
  });
}
