import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { openText, sealText } from './sealed.ts';

export const STATE_COOKIE = 'argocd.oauthstate';
/** How long a user may take at the provider's login page, seconds. */
export const STATE_SECONDS = 300;

const schema = z.object({
  state: z.string().min(16),
  nonce: z.string().min(16),
  codeVerifier: z.string().min(43),
  base: z.string(),
  returnUrl: z.string(),
  expiresAt: z.number(),
});

/** A login that a browser has begun; the browser carries it as a sealed cookie. */
export type LoginState = z.infer<typeof schema>;

const random = (): string => randomBytes(32).toString('base64url');

/** A new login. `now` in milliseconds. */
export const newLogin = (to: Pick<LoginState, 'base' | 'returnUrl'>, now: number): LoginState => ({
  ...to,
  state: random(),
  nonce: random(),
  codeVerifier: random(),
  expiresAt: now + STATE_SECONDS * 1_000,
});

/** The challenge of PKCE by S256. */
export const challengeOf = ({ codeVerifier }: LoginState): string =>
  createHash('sha256').update(codeVerifier).digest('base64url');

export const sealLogin = (login: LoginState, serverKey: string): string =>
  sealText(JSON.stringify(login), 'login', serverKey);

/** The login that a cookie holds; undefined where it is none of ours or has taken too long. `now` in milliseconds. */
export function openLogin(cookie: string, serverKey: string, now: number): LoginState | undefined {
  const text = openText(cookie, 'login', serverKey);
  const login = text === undefined ? undefined : schema.safeParse(JSON.parse(text));
  return login?.success === true && login.data.expiresAt > now ? login.data : undefined;
}

/** True where the provider sent back what it was given. */
export function isSameState({ state }: LoginState, given: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(state), digest(given));
}
