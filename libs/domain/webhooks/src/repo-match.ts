/** What two spellings of one repository have in common. */
interface RepoAddress {
  readonly host: string;
  readonly path: string;
}

const URL_FORM = /^(?:(?<scheme>[a-z][a-z0-9+.-]*):\/\/)(?<rest>.+)$/isu;
const SCP_FORM = /^(?:[^@/:]+@)?(?<host>[^/:@]+):(?<path>[^/].*)$/su;

/** Host and path of a repository, without scheme, login, port and `.git`, in lower case; undefined for no address. */
export function repoAddress(url: string): RepoAddress | undefined {
  const text = url.trim();
  const rest = URL_FORM.exec(text)?.groups?.['rest'];
  if (rest !== undefined) return fromParts(rest);
  const scp = SCP_FORM.exec(text)?.groups;
  if (scp === undefined) return fromParts(text);
  const port = /^(?<port>\d{1,5})\/(?<path>.+)$/su.exec(scp['path'] ?? '')?.groups;
  return cleaned(scp['host'] ?? '', port?.['path'] ?? scp['path'] ?? '');
}

function fromParts(rest: string): RepoAddress | undefined {
  const slash = rest.indexOf('/');
  if (slash <= 0) return undefined;
  const authority = rest.slice(0, slash);
  const host = authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d*$/u, '');
  return cleaned(host, rest.slice(slash + 1));
}

function cleaned(host: string, path: string): RepoAddress | undefined {
  const tidy = path
    .replace(/[?#].*$/su, '')
    .replace(/^\/+|\/+$/gu, '')
    .replace(/\.git$/iu, '')
    .toLowerCase();
  return host === '' || tidy === '' ? undefined : { host: host.toLowerCase(), path: tidy };
}

/** ssh may be served under a name of its own. */
const withoutSsh = (host: string): string => host.replace(/^(?:alt)?ssh\./u, '');

/** Azure DevOps names repositories otherwise over ssh. */
const withoutV3 = (path: string): string =>
  path.replace(/^v3\/(?<org>[^/]+)\/(?<project>[^/]+)\//u, '$1/$2/_git/');

/** Keys of which two spellings of one repository share at least one; a provider's own spelling has just one. */
export function repoKeys(url: string): readonly string[] {
  const address = repoAddress(url);
  if (address === undefined) return [];
  const { host, path } = address;
  const plain = withoutSsh(host);
  return plain === host
    ? [`${host}/${path}`]
    : [`${host}/${path}`, `${plain}/${path}`, `${plain}/${withoutV3(path)}`];
}

/** The key of an artifact: registry and path, with or without `oci://`. */
export const artifactKey = (url: string): string =>
  url
    .trim()
    .replace(/^oci:\/\//iu, '')
    .replace(/\/+$/u, '')
    .toLowerCase();
