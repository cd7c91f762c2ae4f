import { defineCommand } from '../../../program/definition.ts';
import { editProject, editRole } from '../edit-project.ts';
import { policyFlags, policyOf } from './policy.ts';

export const command = defineCommand({
  usage: 'PROJECT ROLE-NAME',
  args: { min: 2, max: 2 },
  description: 'Adds a policy to a role.',
  flags: policyFlags,
  examples: [
    {
      what: 'Let a role sync everything of the project',
      line: 'tiphys proj role add-policy team-a ci -a sync -o *',
    },
  ],
  async run(invocation, { args: [project = '', role = ''], flags }) {
    const policy = policyOf({ project, role }, flags);
    await editProject(
      invocation,
      project,
      editRole(role, (before) => ({ ...before, policies: [...(before.policies ?? []), policy] })),
    );
    return 0;
  },
});
