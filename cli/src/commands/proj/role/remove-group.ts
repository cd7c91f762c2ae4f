import { defineCommand } from '../../../program/definition.ts';
import { editProject, editRole, roleOf } from '../edit-project.ts';

export const command = defineCommand({
  usage: 'PROJECT ROLE-NAME GROUP-CLAIM',
  args: { min: 3, max: 3 },
  description: 'Takes a group out of a role.',
  flags: {},
  examples: [
    { what: 'A group of the login provider', line: 'tiphys proj role remove-group team-a ci team-a:devs' },
  ],
  async run(invocation, { args: [project = '', role = '', group = ''] }) {
    let known = false;
    await editProject(invocation, project, (spec, whole) => {
      const groups = roleOf(whole, role).groups ?? [];
      known = groups.includes(group);
      if (!known) return undefined;
      return editRole(role, (before) => ({ ...before, groups: groups.filter((each) => each !== group) }))(
        spec,
        whole,
      );
    });
    invocation.out.line(
      known
        ? `Group '${group}' removed from role '${role}'`
        : `Group '${group}' not present in role '${role}'`,
    );
    return 0;
  },
});
