import { defineCommand } from '../../../program/definition.ts';
import { editProject } from '../edit-project.ts';

export const command = defineCommand({
  usage: 'PROJECT ROLE-NAME',
  args: { min: 2, max: 2 },
  description: 'Creates a role of a project.',
  flags: { description: { kind: 'text', describe: 'What the role is for' } },
  examples: [{ what: 'A role', line: 'tiphys proj role create team-a ci' }],
  async run(invocation, { args: [project = '', name = ''], flags }) {
    const done = await editProject(invocation, project, (spec) => {
      const roles = spec.roles ?? [];
      if (roles.some((role) => role.name === name)) return undefined;
      const description = flags.description === undefined ? {} : { description: flags.description };
      return { ...spec, roles: [...roles, { name, ...description }] };
    });
    invocation.out.line(`Role '${name}' ${done ? 'created' : 'already exists'}`);
    return 0;
  },
});
