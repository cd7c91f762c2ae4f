import { z } from 'zod';
import { refName } from '../change.ts';
import { commits, filesOf } from './commits.ts';
import { changesOf, ignored, refused } from './provider.ts';
import type { Proof, Provider, Reading } from './provider.ts';

/** GitHub lists no more commits than this. */
const MAX_COMMITS = 2_048;

const push = z.object({
  ref: z.string().min(1),
  forced: z.boolean().nullish(),
  repository: z.object({ html_url: z.string().min(1), default_branch: z.string().nullish() }),
  commits,
});

export const githubProof: Proof = {
  type: 'hmac',
  secret: 'webhook.github.secret',
  signatures: [
    { header: 'x-hub-signature-256', algorithm: 'sha256', prefix: 'sha256=' },
    { header: 'x-hub-signature', algorithm: 'sha1', prefix: 'sha1=' },
  ],
};

export const github: Provider = {
  name: 'github',
  isSender: (header) => header('x-github-event') !== undefined && header('x-github-event') !== 'package',
  proof: githubProof,
  read: (payload, header) => {
    switch (header('x-github-event')) {
      case 'ping':
        return ignored;
      case 'push':
        return readPush(payload);
      default:
        return refused('the event is not one that is served');
    }
  },
};

function readPush(payload: unknown): Reading {
  const read = push.safeParse(payload);
  if (!read.success) return refused('the payload is not that of a push');
  const { ref, forced, repository, commits: list } = read.data;
  const revision = refName(ref);
  const isWhole = forced !== true && (list?.length ?? 0) < MAX_COMMITS;
  return changesOf({
    kind: 'git',
    repoUrls: [repository.html_url],
    revision,
    touchesHead: repository.default_branch === revision,
    files: isWhole ? filesOf(list) : undefined,
  });
}
