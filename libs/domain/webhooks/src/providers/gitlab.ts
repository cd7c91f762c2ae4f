import { z } from 'zod';
import { refName } from '../change.ts';
import { commits, filesOf } from './commits.ts';
import { changesOf, refused } from './provider.ts';
import type { Provider, Reading } from './provider.ts';

const EVENTS: ReadonlySet<string> = new Set(['Push Hook', 'Tag Push Hook', 'System Hook']);

const push = z.object({
  object_kind: z.enum(['push', 'tag_push']).nullish(),
  ref: z.string().min(1),
  project: z.object({ web_url: z.string().min(1), default_branch: z.string().nullish() }),
  commits,
  total_commits_count: z.number().nullish(),
});

export const gitlab: Provider = {
  name: 'gitlab',
  isSender: (header) => header('x-gitlab-event') !== undefined,
  proof: { type: 'token', secret: 'webhook.gitlab.secret', header: 'x-gitlab-token' },
  read: (payload, header) =>
    EVENTS.has(header('x-gitlab-event') ?? '')
      ? readPush(payload)
      : refused('the event is not one that is served'),
};

/** GitLab lists the newest commits only, and says how many there are. */
function readPush(payload: unknown): Reading {
  const read = push.safeParse(payload);
  if (!read.success) return refused('the payload is not that of a push');
  const { ref, project, commits: list, total_commits_count: total } = read.data;
  const revision = refName(ref);
  return changesOf({
    kind: 'git',
    repoUrls: [project.web_url],
    revision,
    touchesHead: project.default_branch === revision,
    files: filesOf(list, total ?? undefined),
  });
}
