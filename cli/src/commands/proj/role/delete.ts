import { defineCommand } from '../../../program/definition.ts';
import { editProject } from '../edit-project.ts';

export const command = defineCommand({
  usage: 'PROJECT ROLE-NAME',
  args: { min: 2, max: 2 },
  description: 'Deletes a role of a project; its tokens end.',
  flags: {},
  examples: [{ what: 'A role', line: 'tiphys proj role delete team-a ci' }],
  confirm: ([project, role]) => `Delete the role ${role ?? ''} of the project ${project ?? ''}`,
  async run(invocation, { args: [project = '', name = ''] }) {
    const done = await editProject(invocation, project, (spec) => {
      const roles = spec.roles ?? [];
      if (!roles.some((role) => role.name === name)) return undefined;
      return { ...spec, roles: roles.filter((role) => role.name !== name) };
    });
    invocation.out.line(`Role '${name}' ${done ? 'deleted' : 'does not exist in project'}`);
    return 0;
  },
});
