import { defineCommand } from '../../../program/definition.ts';
import { editProject, editWindow } from '../edit-project.ts';

export const command = defineCommand({
  usage: 'PROJECT ID',
  args: { min: 2, max: 2 },
  description: 'Lets a sync that began in time go on when a window closes.',
  flags: {},
  examples: [{ what: 'The first window', line: 'tiphys proj windows enable-sync-overrun team-a 0' }],
  async run(invocation, { args: [project = '', id = ''] }) {
    await editProject(
      invocation,
      project,
      editWindow(id, (window) => ({ ...window, syncOverrun: true })),
    );
    return 0;
  },
});
