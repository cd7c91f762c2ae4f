import { defineCommand } from '../../../program/definition.ts';
import { editProject, editRole, roleOf } from '../edit-project.ts';

export const command = defineCommand({
  usage: 'PROJECT ROLE-NAME GROUP-CLAIM',
  args: { min: 3, max: 3 },
  description: 'Makes the members of a group members of a role.',
  flags: {},
  examples: [
    { what: 'A group of the login provider', line: 'tiphys proj role add-group team-a ci team-a:devs' },
  ],
  async run(invocation, { args: [project = '', role = '', group = ''] }) {
    let known = false;
    await editProject(invocation, project, (spec, whole) => {
      known = (roleOf(whole, role).groups ?? []).includes(group);
      if (known) return undefined;
      return editRole(role, (before) => ({ ...before, groups: [...(before.groups ?? []), group] }))(
        spec,
        whole,
      );
    });
    invocation.out.line(
      known
        ? `Group '${group}' already present in role '${role}'`
        : `Group '${group}' added to role '${role}'`,
    );
    return 0;
  },
});
