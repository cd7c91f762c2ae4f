import type { JsonObject } from '@tiphys/model';
import { defineCommand } from '../../program/definition.ts';
import { editDocument } from '../../program/editor.ts';

export const command = defineCommand({
  usage: 'PROJECT',
  args: { min: 1, max: 1 },
  description: 'Opens the spec of a project in an editor ($EDITOR) and writes it back.',
  flags: {},
  examples: [{ what: 'Edit', line: 'tiphys proj edit team-a' }],
  async run(invocation, { args: [name = ''] }) {
    const { projects } = await invocation.connect();
    const project = await projects.get(name);
    await editDocument(invocation, {
      document: project.spec as unknown as JsonObject,
      name: `${name}-spec`,
      save: async (spec) => {
        await projects.update({ ...project, spec: spec });
      },
    });
    return 0;
  },
});
