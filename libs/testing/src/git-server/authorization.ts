export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface Accepted {
  readonly auth?: Credentials;
  readonly token?: string;
  /** Lets in by any password or bearer token that it says yes to. */
  readonly accepts?: (secret: string) => boolean;
}

/** Name of the user that a header authenticates, '' where everyone is let in, undefined where it is refused. */
export function readAuthorization(header: string | undefined, accepted: Accepted): string | undefined {
  const { accepts } = accepted;
  if (accepts !== undefined) return accepts(secretOf(header ?? '')) ? 'token' : undefined;
  if (accepted.auth === undefined && accepted.token === undefined) return '';
  if (accepted.token !== undefined && header === `Bearer ${accepted.token}`) return 'token';
  if (accepted.auth === undefined) return undefined;
  const { username, password } = accepted.auth;
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  return header === `Basic ${basic}` ? username : undefined;
}

/** What comes after the user, or the whole of a bearer token. */
function secretOf(header: string): string {
  const [scheme, value = ''] = header.split(' ');
  if (scheme === 'Bearer') return value;
  const login = Buffer.from(value, 'base64').toString();
  return login.slice(login.indexOf(':') + 1);
}
