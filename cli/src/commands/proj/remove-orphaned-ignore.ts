import { defineCommand } from '../../program/definition.ts';
import { Failure } from '../../program/failure.ts';
import { editProject } from './edit-project.ts';
import { isSameRule, orphanedOf } from './orphaned.ts';

export const command = defineCommand({
  usage: 'PROJECT GROUP KIND',
  args: { min: 3, max: 3 },
  description: 'Tells again of objects of a kind that belong to no application.',
  flags: { name: { kind: 'text', describe: 'Name, or a glob over names' } },
  examples: [
    {
      what: 'Objects by their names',
      line: 'tiphys proj remove-orphaned-ignore team-a apps Deployment --name legacy-*',
    },
  ],
  async run(invocation, { args: [name = '', group = '', kind = ''], flags }) {
    await editProject(invocation, name, (spec) => {
      const settings = orphanedOf(spec);
      const ignored = { group, kind, ...(flags.name === undefined ? {} : { name: flags.name }) };
      const kept = settings.ignore.filter((each) => !isSameRule(each, ignored));
      if (kept.length === settings.ignore.length) {
        throw new Failure('Specified resource does not exist in the orphaned ignore list of project');
      }
      return { ...spec, orphanedResources: { ...settings, ignore: kept } };
    });
    return 0;
  },
});
