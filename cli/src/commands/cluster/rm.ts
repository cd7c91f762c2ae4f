import { defineCommand } from '../../program/definition.ts';
import { queryOf } from './cluster-ref.ts';

export const command = defineCommand({
  usage: 'SERVER/NAME...',
  args: { min: 1, max: Infinity },
  description: 'Removes clusters; what runs on them is left alone.',
  flags: { yes: { kind: 'switch', short: 'y', describe: "Don't ask" } },
  examples: [{ what: 'Remove one without being asked', line: 'tiphys cluster rm staging -y' }],
  async run({ connect, out, prompter }, { args, flags }) {
    for (const cluster of args) {
      const question =
        `Are you sure you want to remove '${cluster}'? ` +
        'Any Apps deploying to this cluster will go to health status Unknown.[y/n] ';
      if (!flags.yes && !/^y(es)?$/i.test((await prompter.ask(question)).trim())) {
        out.line(`The command to remove '${cluster}' was cancelled.`);
        continue;
      }
      const { clusters } = await connect();
      await clusters.get(cluster, queryOf(cluster));
      await clusters.remove(cluster, queryOf(cluster));
      out.line(`Cluster '${cluster}' removed`);
    }
    return 0;
  },
});
