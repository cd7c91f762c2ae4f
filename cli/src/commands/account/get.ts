import { checkFormat } from '../../output/format.ts';
import { formatDocument } from '../../output/document.ts';
import { formatTable } from '../../output/table.ts';
import type { Account } from '../../api/schemas/account.ts';
import { defineCommand } from '../../program/definition.ts';
import { timeOf } from '../lifetime.ts';
import { accountFlag, accountOr } from './subject.ts';

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description: 'Shows an account and its tokens.',
  flags: {
    account: accountFlag,
    output: { kind: 'text', short: 'o', default: 'wide', describe: 'Format: wide, name, json or yaml' },
  },
  examples: [{ what: 'The account of a robot', line: 'tiphys account get --account ci' }],
  async run({ connect, out }, { flags }) {
    const format = checkFormat(flags.output, ['wide', 'name', 'json', 'yaml'] as const);
    const api = await connect();
    const account = await api.accounts.get(await accountOr(api, flags.account));
    if (format === 'json' || format === 'yaml') out.write(formatDocument(account, format));
    else if (format === 'name') out.line(account.name ?? '');
    else out.write(shown(account));
    return 0;
  },
});

function shown({ name, enabled, capabilities, tokens }: Account): string {
  const field = (title: string, value: string): string => `${`${title}:`.padEnd(20)}${value}\n`;
  const rows = (tokens ?? []).map(({ id, issuedAt, expiresAt }) => [
    id ?? '',
    timeOf(issuedAt ?? 0),
    (expiresAt ?? 0) === 0 ? 'never' : timeOf(expiresAt ?? 0),
  ]);
  return [
    field('Name', name ?? ''),
    field('Enabled', String(enabled ?? false)),
    field('Capabilities', (capabilities ?? []).join(', ')),
    '\nTokens:\n',
    rows.length === 0 ? 'NONE\n' : formatTable([['ID', 'ISSUED AT', 'EXPIRING AT'], ...rows]),
  ].join('');
}
