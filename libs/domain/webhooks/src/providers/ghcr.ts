import { z } from 'zod';
import { githubProof } from './github.ts';
import { changesOf, ignored, refused } from './provider.ts';
import type { Provider } from './provider.ts';

const REGISTRY = 'ghcr.io';

const event = z.object({
  action: z.string(),
  package: z.object({
    name: z.string().nullish(),
    ecosystem: z.string().nullish(),
    package_type: z.string().nullish(),
    owner: z.object({ login: z.string() }).nullish(),
    package_version: z
      .object({
        container_metadata: z.object({ tag: z.object({ name: z.string() }).nullish() }).nullish(),
      })
      .nullish(),
  }),
});

/** Container packages of GitHub: a pushed tag of an OCI artifact. */
export const ghcr: Provider = {
  name: 'ghcr',
  isSender: (header) => header('x-github-event') === 'package',
  proof: githubProof,
  read: (payload) => {
    const read = event.safeParse(payload);
    if (!read.success) return refused('the payload is not that of a package');
    const { action, package: pushed } = read.data;
    const type = pushed.package_type ?? pushed.ecosystem ?? '';
    const tag = pushed.package_version?.container_metadata?.tag?.name ?? '';
    const [owner, name] = [pushed.owner?.login ?? '', pushed.name ?? ''];
    const isPushedTag = action === 'published' && type.toLowerCase() === 'container' && tag !== '';
    if (!isPushedTag || owner === '' || name === '') return ignored;
    return changesOf({ kind: 'artifact', repository: `${REGISTRY}/${owner}/${name}`.toLowerCase(), tag });
  },
};
