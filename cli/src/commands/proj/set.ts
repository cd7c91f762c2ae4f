import { defineCommand } from '../../program/definition.ts';
import { Failure } from '../../program/failure.ts';
import { editProject } from './edit-project.ts';
import { specFlags, withSpecFlags } from './spec-flags.ts';

export const command = defineCommand({
  usage: 'PROJECT',
  args: { min: 1, max: 1 },
  description: 'Sets parts of a project; lists are replaced as a whole.',
  flags: specFlags,
  examples: [{ what: 'What a project is for', line: "tiphys proj set team-a --description 'Team A'" }],
  async run(invocation, { args: [name = ''], flags, given }) {
    await editProject(invocation, name, (spec) => {
      if (given.size === 0) throw new Failure('Please set at least one option to update');
      return withSpecFlags(spec, { flags, given });
    });
    return 0;
  },
});
