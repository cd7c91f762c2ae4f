export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface Accepted {
  readonly auth?: Credentials;
  readonly token?: string;
}

/** Name of the user that a header authenticates, '' where everyone is let in, undefined where it is refused. */
export function readAuthorization(header: string | undefined, accepted: Accepted): string | undefined {
  if (accepted.auth === undefined && accepted.token === undefined) return '';
  if (accepted.token !== undefined && header === `Bearer ${accepted.token}`) return 'token';
  if (accepted.auth === undefined) return undefined;
  const { username, password } = accepted.auth;
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  return header === `Basic ${basic}` ? username : undefined;
}
