import { defineCommand } from '../../program/definition.ts';
import { editProject } from './edit-project.ts';

export const command = defineCommand({
  usage: 'PROJECT URL',
  args: { min: 2, max: 2 },
  description: 'Takes a repository away from a project.',
  flags: {},
  examples: [
    { what: 'One repository', line: 'tiphys proj remove-source team-a https://git.example.com/team-a.git' },
  ],
  async run(invocation, { args: [name = '', url = ''] }) {
    await editProject(invocation, name, (spec) => {
      const repos = spec.sourceRepos ?? [];
      if (repos.includes(url)) return { ...spec, sourceRepos: repos.filter((each) => each !== url) };
      invocation.out.line(`Source repository '${url}' does not exist in project`);
      return undefined;
    });
    return 0;
  },
});
