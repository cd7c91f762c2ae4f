import { defineCommand } from '../../../program/definition.ts';
import { editProject, editWindow } from '../edit-project.ts';

export const command = defineCommand({
  usage: 'PROJECT ID',
  args: { min: 2, max: 2 },
  description: 'Lets syncs by hand in while a window keeps others out.',
  flags: {},
  examples: [{ what: 'The first window', line: 'tiphys proj windows enable-manual-sync team-a 0' }],
  async run(invocation, { args: [project = '', id = ''] }) {
    await editProject(
      invocation,
      project,
      editWindow(id, (window) => ({ ...window, manualSync: true })),
    );
    return 0;
  },
});
