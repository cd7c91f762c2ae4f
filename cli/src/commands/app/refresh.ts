import { defineCommand } from '../../program/definition.ts';
import { appNamespace, outputOfState, timeout } from './flags.ts';
import { showApp } from './get.ts';

export const command = defineCommand({
  usage: 'APPNAME',
  args: { min: 1, max: 1 },
  description: 'Compares an application with git and the cluster anew, waits for the result and shows it.',
  flags: {
    hard: { kind: 'switch', describe: 'Render anew too, whatever is cached' },
    output: outputOfState,
    timeout,
    'app-namespace': appNamespace,
  },
  examples: [
    { what: 'Look at the newest commit now', line: 'tiphys app refresh shop' },
    { what: 'Render it anew', line: 'tiphys app refresh shop --hard' },
  ],
  async run(invocation, { args, flags }) {
    await showApp(invocation, args[0] ?? '', {
      ...flags,
      refresh: true,
      'hard-refresh': flags.hard,
      'show-operation': false,
      'show-params': false,
      'source-name': undefined,
      'source-position': -1,
    });
    return 0;
  },
});
