import { defineCommand } from '../../../program/definition.ts';
import { formatPolicies, policiesOf } from './policies.ts';

export const command = defineCommand({
  usage: 'PROJECT',
  args: { min: 1, max: 1 },
  description: 'Lists which repositories of a project need signed commits.',
  flags: {},
  examples: [{ what: 'All policies', line: 'tiphys proj source-integrity git policies list team-a' }],
  async run({ connect, out }, { args: [project = ''] }) {
    const { spec } = await (await connect()).projects.get(project);
    out.write(formatPolicies(policiesOf(spec)));
    return 0;
  },
});
