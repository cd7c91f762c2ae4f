import { defineCommand } from '../../../program/definition.ts';
import { editProject, editRole, general } from '../edit-project.ts';
import { policyFlags, policyOf } from './policy.ts';

export const command = defineCommand({
  usage: 'PROJECT ROLE-NAME',
  args: { min: 2, max: 2 },
  description: 'Takes a policy from a role.',
  flags: policyFlags,
  examples: [
    { what: 'Let a role sync no longer', line: 'tiphys proj role remove-policy team-a ci -a sync -o *' },
  ],
  async run(invocation, { args: [project = '', role = ''], flags }) {
    const policy = policyOf({ project, role }, flags);
    await editProject(
      invocation,
      project,
      editRole(role, (before) => {
        const policies = before.policies ?? [];
        if (!policies.includes(policy)) throw general(`Policy '${policy}' does not exist in role '${role}'`);
        return { ...before, policies: policies.filter((each) => each !== policy) };
      }),
    );
    return 0;
  },
});
