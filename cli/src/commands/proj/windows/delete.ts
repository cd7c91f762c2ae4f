import { defineCommand } from '../../../program/definition.ts';
import { editProject, editWindow } from '../edit-project.ts';

export const command = defineCommand({
  usage: 'PROJECT ID',
  args: { min: 2, max: 2 },
  description: 'Deletes a window of a project.',
  flags: {},
  examples: [{ what: 'The first window', line: 'tiphys proj windows delete team-a 0' }],
  confirm: ([project, id]) => `Delete the window ${id ?? ''} of the project ${project ?? ''}`,
  async run(invocation, { args: [project = '', id = ''] }) {
    await editProject(
      invocation,
      project,
      editWindow(id, () => undefined),
    );
    return 0;
  },
});
