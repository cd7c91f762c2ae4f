import { defineCommand } from '../../program/definition.ts';

export const command = defineCommand({
  usage: 'REPO...',
  args: { min: 1, max: Infinity },
  description: 'Removes repositories. Applications that use them keep their last state.',
  flags: { project: { kind: 'text', describe: 'Project that they belong to', placeholder: 'project' } },
  examples: [{ what: 'Remove one', line: 'tiphys repo rm https://git.example.com/shop.git' }],
  confirm: (urls) => `Remove ${urls.join(', ')}`,
  async run({ connect, out }, { args, flags }) {
    const { repositories } = await connect();
    for (const url of args) {
      await repositories.remove(url, { appProject: flags.project });
      out.line(`Repository '${url}' removed`);
    }
    return 0;
  },
});
