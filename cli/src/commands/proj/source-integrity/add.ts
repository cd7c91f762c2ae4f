import { defineCommand } from '../../../program/definition.ts';
import { editProject, split } from '../edit-project.ts';
import { formatPolicies, policiesOf, policyFlags, warnOfUnknownKeys, withPolicies } from './policies.ts';

export const command = defineCommand({
  usage: 'PROJECT',
  args: { min: 1, max: 1 },
  description: 'Asks for signed commits of repositories.',
  flags: policyFlags,
  examples: [
    {
      what: 'Every commit signed by one key',
      line: "tiphys proj source-integrity git policies add team-a --repo-url 'https://git.example.com/*' --gpg-mode strict --gpg-key 0123456789ABCDEF",
    },
  ],
  async run(invocation, { args: [project = ''], flags }) {
    const keys = split(flags['gpg-key']);
    await warnOfUnknownKeys(invocation, keys);
    const added = {
      repos: split(flags['repo-url']).map((url) => ({ url })),
      gpg: { mode: flags['gpg-mode'] ?? '', keys: [...keys] },
    };
    await editProject(invocation, project, (spec) => {
      const policies = [...policiesOf(spec), added];
      invocation.out.write(formatPolicies(policies));
      return withPolicies(spec, policies);
    });
    return 0;
  },
});
