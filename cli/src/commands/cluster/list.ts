import type { Cluster } from '../../api/schemas/declared.ts';
import { defineCommand } from '../../program/definition.ts';
import { printList } from '../declared-output.ts';

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description: 'Lists the clusters that you may see.',
  flags: {
    output: { kind: 'text', short: 'o', default: 'wide', describe: 'Format: wide, json, yaml or server' },
  },
  examples: [{ what: 'The addresses alone', line: 'tiphys cluster list -o server' }],
  async run({ connect, out }, { flags }) {
    printList(out, flags.output, await (await connect()).clusters.list(), {
      header: ['SERVER', 'NAME', 'VERSION', 'STATUS', 'MESSAGE', 'PROJECT'],
      row: (one) => [
        serverOf(one),
        one.name ?? '',
        one.serverVersion ?? '',
        one.connectionState?.status ?? '',
        one.connectionState?.message ?? '',
        one.project ?? '',
      ],
      word: ['server', ({ server }) => server],
    });
    return 0;
  },
});

function serverOf({ server, namespaces }: Cluster): string {
  const count = namespaces?.length ?? 0;
  return count === 0 ? server : `${server} (${String(count)} namespaces)`;
}
