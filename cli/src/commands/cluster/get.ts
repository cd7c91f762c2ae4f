import { defineCommand } from '../../program/definition.ts';
import { printOne } from '../declared-output.ts';
import { queryOf } from './cluster-ref.ts';

export const command = defineCommand({
  usage: 'SERVER/NAME',
  args: { min: 1, max: 1 },
  description: 'Shows a cluster, by its address or its name.',
  flags: {
    output: { kind: 'text', short: 'o', default: 'yaml', describe: 'Format: yaml, json, wide or server' },
  },
  examples: [{ what: 'Show one by its name', line: 'tiphys cluster get in-cluster' }],
  async run({ connect, out }, { args: [cluster = ''], flags }) {
    const found = await (await connect()).clusters.get(cluster, queryOf(cluster));
    if (flags.output === 'server') out.line(found.server);
    else
      printOne(out, flags.output, found, (one) =>
        [
          `Server:   ${one.server}`,
          `Name:     ${one.name ?? ''}`,
          `Version:  ${one.serverVersion ?? ''}`,
          `Status:   ${one.connectionState?.status ?? ''}`,
          `Message:  ${one.connectionState?.message ?? ''}\n`,
        ].join('\n'),
      );
    return 0;
  },
});
