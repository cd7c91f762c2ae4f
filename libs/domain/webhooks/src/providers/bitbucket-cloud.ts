import { z } from 'zod';
import { changesOf, refused } from './provider.ts';
import type { Provider } from './provider.ts';

const target = z.object({ name: z.string().min(1) }).nullish();

const push = z.object({
  push: z.object({
    changes: z.array(z.object({ new: target, old: z.object({ name: z.string().nullish() }).nullish() })),
  }),
  repository: z.object({ links: z.object({ html: z.object({ href: z.string().min(1) }) }) }),
});

/** It tells neither files nor the default branch: both may be touched by any push. */
export const bitbucketCloud: Provider = {
  name: 'bitbucket',
  isSender: (header) => header('x-hook-uuid') !== undefined,
  proof: { type: 'token', secret: 'webhook.bitbucket.uuid', header: 'x-hook-uuid' },
  read: (payload, header) => {
    if (header('x-event-key') !== 'repo:push') return refused('the event is not one that is served');
    const read = push.safeParse(payload);
    if (!read.success) return refused('the payload is not that of a push');
    const { repository, push: pushed } = read.data;
    const names = pushed.changes.map((change) => change.new?.name ?? change.old?.name ?? '');
    return changesOf(
      ...[...new Set(names)]
        .filter((name) => name !== '')
        .map((revision) => ({
          kind: 'git' as const,
          repoUrls: [repository.links.html.href],
          revision,
          touchesHead: true,
          files: undefined,
        })),
    );
  },
};
