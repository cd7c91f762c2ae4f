import { defineCommand } from '../../program/definition.ts';
import { editProject } from './edit-project.ts';

export const command = defineCommand({
  usage: 'PROJECT URL',
  args: { min: 2, max: 2 },
  description: 'Lets a project deploy from a repository.',
  flags: {},
  examples: [
    { what: 'One repository', line: 'tiphys proj add-source team-a https://git.example.com/team-a.git' },
  ],
  async run(invocation, { args: [name = '', url = ''] }) {
    await editProject(invocation, name, (spec) => {
      const repos = spec.sourceRepos ?? [];
      const known = repos.find((each) => each === '*' || each === url);
      if (known === undefined) return { ...spec, sourceRepos: [...repos, url] };
      invocation.out.line(`Source repository '${known}' already allowed in project`);
      return undefined;
    });
    return 0;
  },
});
