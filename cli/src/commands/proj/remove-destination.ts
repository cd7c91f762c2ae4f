import { defineCommand } from '../../program/definition.ts';
import { Failure } from '../../program/failure.ts';
import { isSame } from './destination.ts';
import { editProject } from './edit-project.ts';

export const command = defineCommand({
  usage: 'PROJECT SERVER NAMESPACE',
  args: { min: 3, max: 3 },
  description: 'Takes a destination away from a project.',
  flags: {},
  examples: [
    {
      what: 'One namespace',
      line: 'tiphys proj remove-destination team-a https://kubernetes.default.svc team-a',
    },
  ],
  async run(invocation, { args: [name = '', where = '', namespace = ''] }) {
    await editProject(invocation, name, (spec) => {
      const destinations = spec.destinations ?? [];
      const isMeant = (each: (typeof destinations)[number]): boolean =>
        isSame(each, { server: where, namespace }) || isSame(each, { name: where, namespace });
      if (!destinations.some(isMeant)) throw new Failure('Specified destination does not exist in project');
      return { ...spec, destinations: destinations.filter((each) => !isMeant(each)) };
    });
    return 0;
  },
});
