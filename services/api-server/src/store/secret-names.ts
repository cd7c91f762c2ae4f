/**
 * Names of the secrets that the API makes. The number is FNV-1a in 32 bits, as in the exported secrets of the recorded
 * server; others that declare the same thing under other names are as good.
 */
export const secretNames = {
  repository: (url: string, project: string): string => `repo-${fnv1a(url + project)}`,
  repositoryWrite: (url: string, project: string): string => `repo-write-${fnv1a(url + project)}`,
  credentials: (url: string): string => `creds-${fnv1a(url)}`,
  credentialsWrite: (url: string): string => `creds-write-${fnv1a(url)}`,
  cluster: (server: string): string => `cluster-${hostOf(server)}-${fnv1a(server)}`,
} as const;

const hostOf = (server: string): string =>
  new URL(server).hostname.replace(/[[\]]/g, '').replaceAll(':', '-');

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
