/**
 * Names of the secrets that declare repositories, credentials and clusters. The number is FNV-1a in 32 bits, as in the
 * exported secrets of the recorded server; others that declare the same thing under other names are as good.
 */
export const secretNames = {
  repository: (url: string, project: string): string => `repo-${fnv1a(url + project)}`,
  repositoryWrite: (url: string, project: string): string => `repo-write-${fnv1a(url + project)}`,
  credentials: (url: string): string => `creds-${fnv1a(url)}`,
  credentialsWrite: (url: string): string => `creds-write-${fnv1a(url)}`,
  cluster: (server: string): string => `cluster-${hostOf(server)}-${fnv1a(server)}`,
} as const;

/** The host of an address in lower case, an IPv6 one with dashes. */
function hostOf(server: string): string {
  const [, authority = ''] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/iu.exec(server) ?? [];
  const host = authority.replace(/^.*@/u, '').replace(/:\d*$/u, '');
  return host.replace(/[[\]]/gu, '').replaceAll(':', '-').toLowerCase();
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of utf8(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

const utf8 = (text: string): readonly number[] =>
  [...encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD')).matchAll(/%([0-9A-F]{2})|(.)/gu)].map(
    ([, hex, plain = '']) => (hex === undefined ? (plain.codePointAt(0) ?? 0) : Number.parseInt(hex, 16)),
  );
