import { z } from 'zod';
import { refName } from '../change.ts';
import { changesOf, refused } from './provider.ts';
import type { Provider } from './provider.ts';

const push = z.object({
  eventType: z.literal('git.push'),
  resource: z.object({
    refUpdates: z.array(z.object({ name: z.string().min(1) })).min(1),
    repository: z.object({ remoteUrl: z.string().min(1), defaultBranch: z.string().nullish() }),
  }),
});

/** It tells no files. */
export const azureDevOps: Provider = {
  name: 'azure-devops',
  isSender: (header) => header('x-vss-activityid') !== undefined,
  proof: {
    type: 'basic',
    username: 'webhook.azuredevops.username',
    password: 'webhook.azuredevops.password',
  },
  read: (payload) => {
    const read = push.safeParse(payload);
    if (!read.success) return refused('the payload is not that of a push');
    const { refUpdates, repository } = read.data.resource;
    const names = new Set(refUpdates.map(({ name }) => name));
    return changesOf(
      ...[...names].map((name) => ({
        kind: 'git' as const,
        repoUrls: [repository.remoteUrl],
        revision: refName(name),
        touchesHead: repository.defaultBranch === name,
        files: undefined,
      })),
    );
  },
};
