import { defineCommand } from '../../program/definition.ts';

export const command = defineCommand({
  usage: 'PROJECT',
  args: { min: 1, max: 1 },
  description: 'Deletes a project that no application uses.',
  flags: {},
  examples: [{ what: 'Delete a project', line: 'tiphys proj delete team-a' }],
  confirm: (names) => `Delete the project ${names.join(', ')}`,
  async run({ connect }, { args: [name = ''] }) {
    await (await connect()).projects.delete(name);
    return 0;
  },
});
