import { defineCommand } from '../../program/definition.ts';
import { editProject } from './edit-project.ts';

export const command = defineCommand({
  usage: 'PROJECT NAMESPACE',
  args: { min: 2, max: 2 },
  description: 'Takes a namespace of applications away from a project.',
  flags: {},
  examples: [{ what: 'One namespace', line: 'tiphys proj remove-source-namespace team-a team-a' }],
  async run(invocation, { args: [name = '', namespace = ''] }) {
    await editProject(invocation, name, (spec) => {
      const namespaces = spec.sourceNamespaces ?? [];
      if (namespaces.includes(namespace)) {
        return { ...spec, sourceNamespaces: namespaces.filter((each) => each !== namespace) };
      }
      invocation.out.line(`Source namespace '${namespace}' does not exist in project`);
      return undefined;
    });
    return 0;
  },
});
