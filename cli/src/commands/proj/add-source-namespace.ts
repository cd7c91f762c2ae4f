import { defineCommand } from '../../program/definition.ts';
import { editProject } from './edit-project.ts';

export const command = defineCommand({
  usage: 'PROJECT NAMESPACE',
  args: { min: 2, max: 2 },
  description: 'Lets applications of a project live in a namespace.',
  flags: {},
  examples: [{ what: 'One namespace', line: 'tiphys proj add-source-namespace team-a team-a' }],
  async run(invocation, { args: [name = '', namespace = ''] }) {
    await editProject(invocation, name, (spec) => {
      const namespaces = spec.sourceNamespaces ?? [];
      const known = namespaces.find((each) => each === '*' || each === namespace);
      if (known === undefined) return { ...spec, sourceNamespaces: [...namespaces, namespace] };
      invocation.out.line(`Source namespace '${known}' already allowed in project`);
      return undefined;
    });
    return 0;
  },
});
