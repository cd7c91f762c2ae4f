import { defineCommand } from '../../../program/definition.ts';
import { editProject, editWindow } from '../edit-project.ts';

export const command = defineCommand({
  usage: 'PROJECT ID',
  args: { min: 2, max: 2 },
  description: 'Keeps syncs by hand out while a window keeps others out.',
  flags: {},
  examples: [{ what: 'The first window', line: 'tiphys proj windows disable-manual-sync team-a 0' }],
  async run(invocation, { args: [project = '', id = ''] }) {
    await editProject(
      invocation,
      project,
      editWindow(id, (window) => ({ ...window, manualSync: false })),
    );
    return 0;
  },
});
