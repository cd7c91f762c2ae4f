import { checkFormat } from '../../output/format.ts';
import { defineCommand, type FlagSet, type FlagValues } from '../../program/definition.ts';
import type { Invocation } from '../../program/invocation.ts';
import type { Api } from '../../api/api.ts';
import { qualifiedName, type App } from '../../api/schemas/application.ts';
import { nothing, standard, type WaitConditions } from '../../waiting/conditions.ts';
import { withDeadline } from '../../waiting/deadline.ts';
import { waitUntilGone } from '../../waiting/gone.ts';
import { Progress } from '../../waiting/progress.ts';
import type { NamedRef } from './app-ref.ts';
import { appNamespace, outputOfState, resource, selector, stateFormats, timeout } from './flags.ts';
import { chosenKeys, parseResourceFilter } from './resource-filter.ts';
import { selectApps } from './select.ts';
import { waitAndPrint } from './wait-and-print.ts';

const flags = {
  sync: { kind: 'switch', describe: 'Wait until it is in sync' },
  health: { kind: 'switch', describe: 'Wait until it is healthy' },
  operation: { kind: 'switch', describe: 'Wait until its operation has ended' },
  suspended: { kind: 'switch', describe: 'Wait until it is suspended' },
  degraded: { kind: 'switch', describe: 'Wait until it is degraded' },
  hydrated: {
    kind: 'switch',
    describe: 'Wait until its manifests are written to the branch that it syncs from',
  },
  delete: { kind: 'switch', describe: 'Wait until it is gone' },
  resource,
  selector,
  timeout,
  output: outputOfState,
  'app-namespace': appNamespace,
} as const satisfies FlagSet;

type WaitFlags = FlagValues<typeof flags>;

export const command = defineCommand({
  usage: '[APPNAME...]',
  args: { min: 0, max: Infinity },
  description:
    'Waits until applications reach a state, and tells what becomes of their objects. Asked for nothing, it waits until each is synced and healthy and nothing is under way.',
  flags,
  examples: [
    {
      what: 'Until it is synced and healthy, for five minutes at most',
      line: 'tiphys app wait shop --timeout 300',
    },
    { what: 'Until all applications of a team are healthy', line: 'tiphys app wait -l team=web --health' },
    {
      what: 'Until one Deployment is healthy',
      line: 'tiphys app wait shop --health --resource apps:Deployment:web',
    },
    { what: 'Until it is gone', line: 'tiphys app wait shop --delete' },
  ],
  async run(invocation, { args, flags: values }) {
    checkFormat(values.output, stateFormats);
    values.resource.forEach(parseResourceFilter);
    const api = await invocation.connect();
    const selection = { names: args, selector: values.selector, namespace: values['app-namespace'] };
    for (const named of await selectApps(api, selection))
      await waitForOne(invocation, { api, named, values });
    return 0;
  },
});

interface One {
  readonly api: Api;
  readonly named: NamedRef;
  readonly values: WaitFlags;
}

async function waitForOne(invocation: Invocation, { api, named, values }: One): Promise<void> {
  const app = await api.applications.get(named.ref);
  if (values.delete) {
    await waitForDeletion(invocation, { api, named, values }, app);
    return;
  }
  await waitAndPrint(invocation, {
    api,
    named,
    conditions: conditionsOf(values),
    chosen: chosenKeys(app, values.resource),
    timeout: values.timeout,
    format: checkFormat(values.output, stateFormats),
    urlName: named.shown,
  });
}

function conditionsOf(values: WaitFlags): WaitConditions {
  const asked: WaitConditions = {
    sync: values.sync,
    health: values.health,
    operation: values.operation,
    suspended: values.suspended,
    degraded: values.degraded,
    hydrated: values.hydrated,
  };
  return Object.values(asked).includes(true) ? { ...nothing, ...asked } : standard;
}

async function waitForDeletion(invocation: Invocation, { api, named, values }: One, app: App): Promise<void> {
  const progress = new Progress(invocation.out, undefined);
  await withDeadline(values.timeout, `waiting for app "${named.shown}" to be deleted`, (signal) =>
    waitUntilGone({
      api,
      ref: named.ref,
      onState: (state) => {
        progress.show(state, invocation.now());
      },
      ...(signal && { signal }),
    }),
  );
  invocation.out.line(`Application '${qualifiedName(app)}' deleted`);
}
