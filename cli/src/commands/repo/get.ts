import { formatTable } from '../../output/table.ts';
import { exitCodes, Failure } from '../../program/failure.ts';
import { defineCommand } from '../../program/definition.ts';
import { printOne } from '../declared-output.ts';
import { refresh, refreshQuery } from './refresh.ts';
import { repositoryShape } from './shape.ts';

export const command = defineCommand({
  usage: 'REPO',
  args: { min: 1, max: 1 },
  description: 'Shows a repository and its connection.',
  flags: {
    output: { kind: 'text', short: 'o', default: 'wide', describe: 'Format: wide, json, yaml or url' },
    project: { kind: 'text', describe: 'Project that the repository belongs to', placeholder: 'project' },
    refresh,
  },
  examples: [{ what: 'Show one as JSON', line: 'tiphys repo get https://git.example.com/shop.git -o json' }],
  async run({ connect, out }, { args: [url], flags }) {
    if (url === undefined) throw new Failure('Name a repository.', { exitCode: exitCodes.failed });
    const query = { ...refreshQuery(flags.refresh), appProject: flags.project };
    const found = await (await connect()).repositories.get(url, query);
    if (flags.output === 'url') out.line(found.repo);
    else
      printOne(out, flags.output, found, (one) =>
        formatTable([repositoryShape.header, repositoryShape.row(one)]),
      );
    return 0;
  },
});
