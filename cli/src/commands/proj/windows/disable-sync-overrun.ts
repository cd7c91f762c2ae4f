import { defineCommand } from '../../../program/definition.ts';
import { editProject, editWindow } from '../edit-project.ts';

export const command = defineCommand({
  usage: 'PROJECT ID',
  args: { min: 2, max: 2 },
  description: 'Ends syncs when a window closes.',
  flags: {},
  examples: [{ what: 'The first window', line: 'tiphys proj windows disable-sync-overrun team-a 0' }],
  async run(invocation, { args: [project = '', id = ''] }) {
    await editProject(
      invocation,
      project,
      editWindow(id, (window) => ({ ...window, syncOverrun: false })),
    );
    return 0;
  },
});
