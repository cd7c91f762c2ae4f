import { defineCommand } from '../../program/definition.ts';
import { queryOf } from './cluster-ref.ts';

export const command = defineCommand({
  usage: 'SERVER/NAME',
  args: { min: 1, max: 1 },
  description: 'Gives the login of a cluster a new token and ends the old one.',
  flags: {},
  examples: [{ what: 'Rotate that of one', line: 'tiphys cluster rotate-auth staging' }],
  async run({ connect, out }, { args: [cluster = ''] }) {
    await (await connect()).clusters.act(cluster, 'rotate-auth', queryOf(cluster));
    out.line(`Cluster '${cluster}' rotated auth`);
    return 0;
  },
});
