import { formatTable } from '../../../output/table.ts';
import { defineCommand } from '../../../program/definition.ts';
import { timeOf } from '../../lifetime.ts';
import { roleOf } from '../edit-project.ts';

export const command = defineCommand({
  usage: 'PROJECT ROLE-NAME',
  args: { min: 2, max: 2 },
  description: 'Lists the tokens of a role.',
  flags: { unixtime: { kind: 'switch', short: 'u', describe: 'Times as seconds since 1970' } },
  examples: [{ what: 'The tokens of a role', line: 'tiphys proj role list-tokens team-a ci' }],
  async run({ connect, out }, { args: [project = '', name = ''], flags }) {
    const role = roleOf(await (await connect()).projects.get(project), name);
    const time = (seconds: number | null | undefined): string => {
      if (flags.unixtime) return String(seconds ?? 0);
      return (seconds ?? 0) === 0 ? '<none>' : timeOf(seconds ?? 0);
    };
    const rows = (role.jwtTokens ?? []).map(({ id, iat, exp }) => [id ?? '', time(iat), time(exp)]);
    out.write(formatTable([['ID', 'ISSUED AT', 'EXPIRES AT'], ...rows]));
    return 0;
  },
});
