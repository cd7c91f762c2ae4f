import { azureDevOps } from './azure-devops.ts';
import { bitbucketCloud } from './bitbucket-cloud.ts';
import { bitbucketServer } from './bitbucket-server.ts';
import { ghcr } from './ghcr.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { gogs } from './gogs.ts';
import type { Headers, Provider } from './provider.ts';

/** In the order in which they are asked: Gogs sends the headers of GitHub as well. */
export const providers: readonly Provider[] = [
  azureDevOps,
  gogs,
  ghcr,
  github,
  gitlab,
  bitbucketCloud,
  bitbucketServer,
];

/** Who sent a message, by its headers; undefined for a stranger. */
export const senderOf = (headers: Headers): Provider | undefined =>
  providers.find(({ isSender }) => isSender(headers));
