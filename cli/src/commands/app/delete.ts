import type { Query } from '../../api/transport.ts';
import { defineCommand, type FlagSet, type FlagValues } from '../../program/definition.ts';
import type { Prompter } from '../../program/prompter.ts';
import { waitUntilGone } from '../../waiting/gone.ts';
import type { NamedRef } from './app-ref.ts';
import { appNamespace, selector } from './flags.ts';
import { selectApps } from './select.ts';

const flags = {
  cascade: { kind: 'switch', default: true, describe: 'Delete the objects of the application too' },
  'propagation-policy': {
    kind: 'text',
    short: 'p',
    describe: 'How objects go with what they own: foreground (the default) or background',
    placeholder: 'policy',
  },
  wait: { kind: 'switch', describe: 'Wait until it is gone' },
  yes: { kind: 'switch', short: 'y', describe: "Don't ask" },
  selector,
  'app-namespace': appNamespace,
} as const satisfies FlagSet;

export const command = defineCommand({
  usage: '[APPNAME...]',
  args: { min: 0, max: Infinity },
  description: 'Deletes applications and, unless told otherwise, their objects. On a terminal it asks first.',
  flags,
  examples: [
    { what: 'Delete an application with its objects', line: 'tiphys app delete shop' },
    { what: 'Delete only the application', line: 'tiphys app delete shop --cascade=false' },
    {
      what: 'Delete those of a team without being asked, and wait',
      line: 'tiphys app delete -l team=web -y --wait',
    },
  ],
  async run({ connect, out, prompter }, { args, flags: values, given }) {
    const api = await connect();
    const apps = await selectApps(api, {
      names: args,
      selector: values.selector,
      namespace: values['app-namespace'],
    });
    for (const named of apps) {
      if (!(await isWanted(prompter, named, values))) {
        out.line(`application '${named.shown}' was not deleted`);
        continue;
      }
      await api.applications.delete(named.ref, queryOf(values, given));
      if (values.wait) await waitUntilGone({ api, ref: named.ref, onState: () => undefined });
      out.line(`application '${named.shown}' deleted`);
    }
    return 0;
  },
});

const isWanted = async (
  prompter: Prompter,
  { shown }: NamedRef,
  { yes, cascade }: FlagValues<typeof flags>,
): Promise<boolean> => {
  if (yes || !prompter.isInteractive) return true;
  return prompter.confirm(`Delete the application '${shown}'${cascade ? ' and all its objects' : ''}`);
};

function queryOf(values: FlagValues<typeof flags>, given: ReadonlySet<string>): Query {
  return {
    ...(given.has('cascade') ? { cascade: values.cascade } : {}),
    propagationPolicy: values['propagation-policy'],
  };
}
