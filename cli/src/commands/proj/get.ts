import { checkFormat } from '../../output/format.ts';
import { formatDocument } from '../../output/document.ts';
import { formatProject } from '../../output/project.ts';
import { defineCommand } from '../../program/definition.ts';

export const command = defineCommand({
  usage: 'PROJECT',
  args: { min: 1, max: 1 },
  description: 'Shows a project with the repositories and clusters that belong to it.',
  flags: { output: { kind: 'text', short: 'o', default: 'wide', describe: 'Format: wide, json or yaml' } },
  examples: [{ what: 'A project', line: 'tiphys proj get team-a' }],
  async run({ connect, out }, { args: [name = ''], flags }) {
    const format = checkFormat(flags.output, ['wide', 'json', 'yaml'] as const);
    const detailed = await (await connect()).projects.detailed(name);
    out.write(format === 'wide' ? formatProject(detailed) : formatDocument(detailed.project, format));
    return 0;
  },
});
