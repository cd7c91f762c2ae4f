import type { Role } from '../../../api/schemas/project.ts';
import { formatTable } from '../../../output/table.ts';
import { defineCommand } from '../../../program/definition.ts';
import { roleOf } from '../edit-project.ts';
import { timeOf } from '../../lifetime.ts';

export const command = defineCommand({
  usage: 'PROJECT ROLE-NAME',
  args: { min: 2, max: 2 },
  description: 'Shows a role of a project: its policies as they count, its groups and tokens.',
  flags: {},
  examples: [{ what: 'A role', line: 'tiphys proj role get team-a ci' }],
  async run({ connect, out }, { args: [project = '', name = ''] }) {
    const role = roleOf(await (await connect()).projects.get(project), name);
    for (const line of policiesOf(project, role)) out.line(line);
    if ((role.groups ?? []).length > 0) {
      out.line('Groups:');
      for (const group of role.groups ?? []) out.line(`  - ${group}`);
    }
    out.line('JWT Tokens:');
    const rows = (role.jwtTokens ?? []).map(({ id, iat, exp }) => [
      id ?? '',
      timeOf(iat ?? 0),
      (exp ?? 0) === 0 ? '<none>' : timeOf(exp ?? 0),
    ]);
    out.write(formatTable([['ID', 'ISSUED-AT', 'EXPIRES-AT'], ...rows]));
    return 0;
  },
});

const policiesOf = (project: string, { name, description, policies, groups }: Role): readonly string[] => [
  `Role Name:     ${name}`,
  `Description:   ${description ?? ''}`,
  'Policies:',
  `p, proj:${project}:${name}, projects, get, ${project}, allow`,
  ...(policies ?? []),
  ...(groups ?? []).map((group) => `g, ${group}, proj:${project}:${name}`),
];
