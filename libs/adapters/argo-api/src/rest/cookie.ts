import { TiphysError } from '@tiphys/model';

export const TOKEN_COOKIE = 'argocd.token';

/** Longest `name=value; attributes` that browsers keep. */
const MAX_COOKIE = 4_093;
const MAX_PARTS = 20;

export interface CookieOptions {
  /** `/`, or the base path of the web UI. */
  readonly path: string;
  /** False only where the server has no TLS. */
  readonly secure: boolean;
}

const attributesOf = ({ path, secure }: CookieOptions): string =>
  `path=${path}; SameSite=lax; httpOnly${secure ? '; Secure' : ''}`;

/**
 * The Set-Cookie values that hold a token: one, or parts of which the first tells their number.
 * @throws TiphysError `invalid` for a token too long for any browser.
 */
export function tokenCookies(token: string, options: CookieOptions): readonly string[] {
  const attributes = attributesOf(options);
  const whole = `${TOKEN_COOKIE}=${token}; ${attributes}`;
  if (whole.length <= MAX_COOKIE) return [whole];
  const room = MAX_COOKIE - `${TOKEN_COOKIE}-${MAX_PARTS}=${MAX_PARTS}:; ${attributes}`.length;
  const count = Math.ceil(token.length / room);
  if (count > MAX_PARTS) {
    throw new TiphysError('invalid', `the token needs ${count} cookies; browsers take ${MAX_PARTS}`);
  }
  return Array.from({ length: count }, (_, index) => {
    const part = token.slice(index * room, (index + 1) * room);
    const head = index === 0 ? `${TOKEN_COOKIE}=${count}:` : `${TOKEN_COOKIE}-${index}=`;
    return `${head}${part}; ${attributes}`;
  });
}

/** The token in a Cookie header, its parts joined; undefined where there is none. */
export function tokenFromCookies(header: string | undefined): string | undefined {
  const cookies = new Map(
    (header ?? '').split(';').map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [name.trim(), value.join('=').trim()] as const;
    }),
  );
  const first = cookies.get(TOKEN_COOKIE);
  if (first === undefined || first === '') return undefined;
  const split = /^(\d{1,2}):(.*)$/.exec(first);
  if (!split) return first;
  const count = Number(split[1]);
  if (count > MAX_PARTS) return undefined;
  const rest = Array.from({ length: count - 1 }, (_, index) => cookies.get(`${TOKEN_COOKIE}-${index + 1}`));
  return rest.includes(undefined) ? undefined : [split[2], ...rest].join('');
}

/** The names of all cookies that hold parts of a token. */
export function tokenCookieNames(header: string | undefined): readonly string[] {
  return (header ?? '')
    .split(';')
    .map((pair) => (pair.split('=')[0] ?? '').trim())
    .filter((name) => name === TOKEN_COOKIE || /^argocd\.token-\d{1,2}$/.test(name));
}
