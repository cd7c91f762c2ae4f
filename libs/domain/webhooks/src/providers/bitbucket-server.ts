import { z } from 'zod';
import { refName } from '../change.ts';
import { changesOf, ignored, refused } from './provider.ts';
import type { Provider, Reading } from './provider.ts';

const push = z.object({
  changes: z.array(z.object({ ref: z.object({ id: z.string().min(1) }) })),
  repository: z.object({
    links: z.object({ clone: z.array(z.object({ href: z.string().min(1) })).min(1) }),
  }),
});

/** It tells neither files nor the default branch: both may be touched by any push. */
export const bitbucketServer: Provider = {
  name: 'bitbucket-server',
  isSender: (header) => header('x-event-key') !== undefined && header('x-hook-uuid') === undefined,
  proof: {
    type: 'hmac',
    secret: 'webhook.bitbucketserver.secret',
    signatures: [{ header: 'x-hub-signature', algorithm: 'sha256', prefix: 'sha256=' }],
  },
  read: (payload, header) => {
    switch (header('x-event-key')) {
      case 'diagnostics:ping':
        return ignored;
      case 'repo:refs_changed':
        return readPush(payload);
      default:
        return refused('the event is not one that is served');
    }
  },
};

function readPush(payload: unknown): Reading {
  const read = push.safeParse(payload);
  if (!read.success) return refused('the payload is not that of a push');
  const { repository, changes } = read.data;
  const repoUrls = repository.links.clone.map(({ href }) => href);
  const revisions = new Set(changes.map(({ ref }) => refName(ref.id)));
  return changesOf(
    ...[...revisions].map((revision) => ({
      kind: 'git' as const,
      repoUrls,
      revision,
      touchesHead: true,
      files: undefined,
    })),
  );
}
