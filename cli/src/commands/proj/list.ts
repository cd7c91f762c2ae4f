import { checkFormat } from '../../output/format.ts';
import { formatDocument } from '../../output/document.ts';
import { formatProjects } from '../../output/project.ts';
import { defineCommand } from '../../program/definition.ts';

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description: 'Lists the projects that you may see.',
  flags: {
    output: { kind: 'text', short: 'o', default: 'wide', describe: 'Format: wide, name, json or yaml' },
  },
  examples: [{ what: 'All projects', line: 'tiphys proj list' }],
  async run({ connect, out }, { flags }) {
    const format = checkFormat(flags.output, ['wide', 'name', 'json', 'yaml'] as const);
    const projects = await (await connect()).projects.list();
    if (format === 'json' || format === 'yaml') out.write(formatDocument(projects, format));
    else if (format === 'name') for (const { metadata } of projects) out.line(metadata.name ?? '');
    else out.write(formatProjects(projects));
    return 0;
  },
});
