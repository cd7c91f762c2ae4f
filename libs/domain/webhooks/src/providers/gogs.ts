import { z } from 'zod';
import { refName } from '../change.ts';
import { commits, filesOf } from './commits.ts';
import { changesOf, refused } from './provider.ts';
import type { Provider } from './provider.ts';

const push = z.object({
  ref: z.string().min(1),
  repository: z.object({ html_url: z.string().min(1), default_branch: z.string().nullish() }),
  commits,
  /** Gitea lists a few commits only, and says how many there are. */
  total_commits: z.number().nullish(),
});

/** Gogs, and Gitea and Forgejo, which send its headers as well. */
export const gogs: Provider = {
  name: 'gogs',
  isSender: (header) => header('x-gogs-event') !== undefined,
  proof: {
    type: 'hmac',
    secret: 'webhook.gogs.secret',
    signatures: [{ header: 'x-gogs-signature', algorithm: 'sha256', prefix: '' }],
  },
  read: (payload, header) => {
    if (header('x-gogs-event') !== 'push') return refused('the event is not one that is served');
    const read = push.safeParse(payload);
    if (!read.success) return refused('the payload is not that of a push');
    const { ref, repository, commits: list, total_commits: total } = read.data;
    const revision = refName(ref);
    return changesOf({
      kind: 'git',
      repoUrls: [repository.html_url],
      revision,
      touchesHead: repository.default_branch === revision,
      files: filesOf(list, total ?? undefined),
    });
  },
};
