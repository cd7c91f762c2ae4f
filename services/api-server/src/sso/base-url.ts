/** Longest return address that fits a cookie along with the rest. */
const MAX_LENGTH = 2_000;

/**
 * The base URL through which a request came, told by its host and path, or its host alone (a proxy may have taken a path
 * off); the first one where none fits.
 */
export function baseUrlOf(
  request: { readonly host: string | undefined; readonly path: string },
  bases: readonly string[],
): string | undefined {
  const here = bases.filter((base) => URL.canParse(base) && new URL(base).host === request.host);
  return here.find((base) => isBelow(request.path, new URL(base).pathname)) ?? here[0] ?? bases[0];
}

/**
 * The address that a browser may be sent to after a login, undefined for one that is not below a base URL. Only absolute
 * addresses count: what has control characters, spaces, backslashes or a user part means something else to some browser.
 */
export function returnUrl(wanted: string, bases: readonly string[]): string | undefined {
  if (
    wanted.length > MAX_LENGTH ||
    !/^https?:\/\/[\x21-\x5b\x5d-\x7e]+$/i.test(wanted) ||
    !URL.canParse(wanted)
  ) {
    return undefined;
  }
  const url = new URL(wanted);
  if (url.username !== '' || url.password !== '') return undefined;
  const allowed = bases.some((text) => {
    if (!URL.canParse(text)) return false;
    const base = new URL(text);
    return base.origin === url.origin && isBelow(url.pathname, base.pathname);
  });
  return allowed ? url.href : undefined;
}

function isBelow(path: string, base: string): boolean {
  const folder = base.endsWith('/') ? base : `${base}/`;
  return path === folder.slice(0, -1) || path.startsWith(folder);
}
