import { defineCommand } from '../../program/definition.ts';
import { parseAppRef } from './app-ref.ts';
import { appNamespace } from './flags.ts';

export const command = defineCommand({
  usage: 'APPNAME',
  args: { min: 1, max: 1 },
  description: 'Stops the running operation of an application.',
  flags: { 'app-namespace': appNamespace },
  examples: [{ what: 'Stop a sync that hangs', line: 'tiphys app terminate-op shop' }],
  async run({ connect, out }, { args, flags }) {
    const [name = ''] = args;
    const ref = parseAppRef(name, flags['app-namespace']);
    const api = await connect();
    await api.applications.terminate(ref);
    out.line(`Application '${name}' operation terminating`);
    return 0;
  },
});
