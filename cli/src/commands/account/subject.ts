import type { Api } from '../../api/api.ts';
import type { Flag } from '../../program/definition.ts';

export const accountFlag = {
  kind: 'text',
  short: 'a',
  describe: 'Name of the account (default: your own)',
} as const satisfies Flag;

/** The account that was named, or the one that is logged in. */
export const accountOr = async (api: Api, named: string | undefined): Promise<string> =>
  named ?? (await api.accounts.userInfo()).username ?? '';
