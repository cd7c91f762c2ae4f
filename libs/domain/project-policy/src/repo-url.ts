/** Two spellings of one repository become equal: case of scheme and host, a trailing `.git` or slash, scp-like ssh. */
export function normalizeRepoUrl(url: string): string {
  const trimmed = url.trim();
  if (trimmed === '' || trimmed === '*') return trimmed;
  const scp = /^(?:[\w.-]+@)[\w.-]+:(?!\/\/)/u.test(trimmed) ? `ssh://${trimmed.replace(':', '/')}` : trimmed;
  return scp
    .toLowerCase()
    .replace(/\/+$/u, '')
    .replace(/\.git$/u, '')
    .replace(/\/+$/u, '');
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { https: '443', http: '80', ssh: '22' };

/**
 * The one spelling of a repository that rules are compared with: besides what `normalizeRepoUrl` evens out, a login and
 * the default port in the address, escaped letters, `.` and `..` segments and doubled slashes are resolved, so that none
 * of them leads around a rule. Globs pass through.
 */
export function canonicalRepoUrl(url: string): string {
  const normal = normalizeRepoUrl(decodeUnreserved(url));
  const parts = /^(?<scheme>[a-z][a-z0-9+.-]*):\/\/(?<host>[^/]*)(?<path>.*)$/su.exec(normal)?.groups;
  if (parts === undefined) return normal;
  const { scheme = '', host = '', path = '' } = parts;
  return normalizeRepoUrl(`${scheme}://${canonicalHost(host, scheme)}${resolveSegments(path)}`);
}

/** `%72` is `r`: only letters, digits and `-._~` mean the same either way. */
const decodeUnreserved = (url: string): string =>
  url.replace(/%(?<code>[0-9a-f]{2})/giu, (escaped, code: string) => {
    const letter = String.fromCharCode(Number.parseInt(code, 16));
    return /[\w.~-]/u.test(letter) ? letter : escaped;
  });

function canonicalHost(host: string, scheme: string): string {
  const port = DEFAULT_PORTS[scheme];
  const withoutPort =
    port !== undefined && host.endsWith(`:${port}`) ? host.slice(0, -port.length - 1) : host;
  const isHttp = scheme === 'https' || scheme === 'http';
  return (isHttp ? withoutPort.replace(/^.*@/u, '') : withoutPort).replace(/\.$/u, '');
}

function resolveSegments(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  return kept.length === 0 ? '' : `/${kept.join('/')}`;
}
