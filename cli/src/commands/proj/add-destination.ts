import { defineCommand } from '../../program/definition.ts';
import { Failure } from '../../program/failure.ts';
import { editProject } from './edit-project.ts';
import { isSame } from './destination.ts';

export const command = defineCommand({
  usage: 'PROJECT SERVER/NAME NAMESPACE',
  args: { min: 3, max: 3 },
  description: 'Lets a project deploy to a namespace of a cluster.',
  flags: { name: { kind: 'switch', describe: 'The cluster is named, not given by its address' } },
  examples: [
    {
      what: 'One namespace',
      line: 'tiphys proj add-destination team-a https://kubernetes.default.svc team-a',
    },
  ],
  async run(invocation, { args: [name = '', where = '', namespace = ''], flags }) {
    const added = flags.name ? { name: where, namespace } : { server: where, namespace };
    await editProject(invocation, name, (spec) => {
      const destinations = spec.destinations ?? [];
      if (destinations.some((each) => isSame(each, added))) {
        throw new Failure('Specified destination is already defined in project');
      }
      return { ...spec, destinations: [...destinations, added] };
    });
    return 0;
  },
});
