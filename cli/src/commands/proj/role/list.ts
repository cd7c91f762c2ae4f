import { checkFormat } from '../../../output/format.ts';
import { formatDocument } from '../../../output/document.ts';
import { formatTable } from '../../../output/table.ts';
import { defineCommand } from '../../../program/definition.ts';

export const command = defineCommand({
  usage: 'PROJECT',
  args: { min: 1, max: 1 },
  description: 'Lists the roles of a project.',
  flags: {
    output: { kind: 'text', short: 'o', default: 'wide', describe: 'Format: wide, name, json or yaml' },
  },
  examples: [{ what: 'All roles', line: 'tiphys proj role list team-a' }],
  async run({ connect, out }, { args: [project = ''], flags }) {
    const format = checkFormat(flags.output, ['wide', 'name', 'json', 'yaml'] as const);
    const roles = (await (await connect()).projects.get(project)).spec.roles ?? [];
    if (format === 'json' || format === 'yaml') out.write(formatDocument(roles, format));
    else if (format === 'name') for (const { name } of roles) out.line(name);
    else {
      const rows = roles.map(({ name, description }) => [name, description ?? '']);
      out.write(formatTable([['ROLE-NAME', 'DESCRIPTION'], ...rows]));
    }
    return 0;
  },
});
