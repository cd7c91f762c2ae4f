import type { Repository } from '../../api/schemas/declared.ts';
import type { Shape } from '../declared-output.ts';

/** Repositories as a table. Whether one has a login of its own is not told by the server. */
export const repositoryShape: Shape<Repository> = {
  header: ['TYPE', 'NAME', 'REPO', 'INSECURE', 'OCI', 'LFS', 'CREDS', 'STATUS', 'MESSAGE', 'PROJECT'],
  row: (one) => [
    one.type ?? '',
    one.name ?? '',
    one.repo,
    String(one.insecure === true),
    String(one.enableOCI === true),
    String(one.enableLfs === true),
    one.inheritedCreds === true ? 'inherited' : String((one.username ?? '') !== ''),
    one.connectionState?.status ?? '',
    one.connectionState?.message ?? '',
    one.project ?? '',
  ],
  word: ['url', ({ repo }) => repo],
};
