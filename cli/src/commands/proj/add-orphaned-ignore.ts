import { defineCommand } from '../../program/definition.ts';
import { Failure } from '../../program/failure.ts';
import { editProject } from './edit-project.ts';
import { isSameRule, orphanedOf } from './orphaned.ts';

export const command = defineCommand({
  usage: 'PROJECT GROUP KIND',
  args: { min: 3, max: 3 },
  description: 'Keeps quiet about objects of a kind that belong to no application.',
  flags: { name: { kind: 'text', describe: 'Name, or a glob over names' } },
  examples: [
    {
      what: 'Objects by their names',
      line: 'tiphys proj add-orphaned-ignore team-a apps Deployment --name legacy-*',
    },
  ],
  async run(invocation, { args: [name = '', group = '', kind = ''], flags }) {
    await editProject(invocation, name, (spec) => {
      const settings = orphanedOf(spec);
      const ignored = { group, kind, ...(flags.name === undefined ? {} : { name: flags.name }) };
      if (settings.ignore.some((each) => isSameRule(each, ignored))) {
        throw new Failure('Specified resource is already defined in the orphaned ignore list of project');
      }
      return { ...spec, orphanedResources: { ...settings, ignore: [...settings.ignore, ignored] } };
    });
    return 0;
  },
});
