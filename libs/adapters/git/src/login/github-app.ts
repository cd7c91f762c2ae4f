import { z } from 'zod';
import { TiphysError, type CloudLogin, type Repository } from '@tiphys/model';
import type { HttpFetcher } from '@tiphys/ports';
import { signedToken } from './jwt.ts';
import { askFor, type Token } from './token-request.ts';

type GitHubAppLogin = Extract<CloudLogin, { readonly type: 'github-app' }>;

const API = 'https://api.github.com';
const VERSION = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' };
/** GitHub takes ten minutes at most; clocks differ. */
const EARLIER_S = 60;
const LIFETIME_S = 540;

const tokenSchema = z.object({ token: z.string().min(1), expires_at: z.iso.datetime({ offset: true }) });
const installationSchema = z.object({ id: z.number().int().positive() });

/**
 * A token of an installation of a GitHub App: the App proves itself by its key. Without the id of an installation the
 * one of the repository is asked for.
 */
export async function gitHubToken(
  http: HttpFetcher,
  {
    login,
    repository,
    now,
  }: { readonly login: GitHubAppLogin; readonly repository: Repository; readonly now: number },
): Promise<Token> {
  const base = (login.apiUrl ?? API).replace(/\/+$/u, '');
  const seconds = Math.floor(now / 1_000);
  const claims = { iat: seconds - EARLIER_S, exp: seconds + LIFETIME_S, iss: login.appId };
  const proof = signedToken(claims, { pem: login.privateKey, what: 'githubAppPrivateKey' });
  const headers = { ...VERSION, authorization: `Bearer ${proof}` };
  const id = login.installationId ?? (await installationOf(http, repository, { base, headers }));
  const url = `${base}/app/installations/${encodeURIComponent(id)}/access_tokens`;
  const answer = await askFor(http, repository, {
    request: { url, method: 'POST', headers },
    schema: tokenSchema,
  });
  return { token: answer.token, until: Date.parse(answer.expires_at) };
}

async function installationOf(
  http: HttpFetcher,
  repository: Repository,
  { base, headers }: { readonly base: string; readonly headers: Readonly<Record<string, string>> },
): Promise<string> {
  const path = URL.canParse(repository.url) ? new URL(repository.url).pathname : '';
  const [owner = '', name = ''] = path
    .replace(/^\/+/u, '')
    .replace(/\.git$/u, '')
    .split('/');
  if (owner === '' || name === '')
    throw new TiphysError(
      'invalid',
      'githubAppInstallationID is missing, and the address names no owner to ask for it',
    );
  const url = `${base}/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}/installation`;
  const { id } = await askFor(http, repository, { request: { url, headers }, schema: installationSchema });
  return String(id);
}
