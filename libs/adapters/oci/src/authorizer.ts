import { createHash } from 'node:crypto';
import { z } from 'zod';
import { TiphysError, type Repository } from '@tiphys/model';
import type { Clock, HttpFetcher } from '@tiphys/ports';
import { parseChallenge, type Challenge } from './challenge.ts';
import type { OciName } from './reference.ts';

const MAX_TOKEN_BYTES = 1024 * 1024;
const DEFAULT_LIFETIME_S = 60;
const EARLY_MS = 10_000;
const MAX_KEPT = 500;

const tokenAnswer = z.object({
  token: z.string().optional(),
  access_token: z.string().optional(),
  expires_in: z.number().positive().optional(),
});

interface Kept {
  readonly header: string;
  readonly until: number;
}

/** Logs in to registries: by user and password, by a token given, or by the token service that a registry names. */
export class Authorizer {
  readonly #http: HttpFetcher;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #kept = new Map<string, Kept>();

  constructor(http: HttpFetcher, clock: Pick<Clock, 'now'>) {
    this.#http = http;
    this.#clock = clock;
  }

  /** The header known to open a repository, if any. */
  known(repository: Repository, name: OciName): string | undefined {
    if (repository.bearerToken) return `Bearer ${repository.bearerToken}`;
    const kept = this.#kept.get(keyOf(repository, name));
    return kept !== undefined && this.#clock.now() < kept.until ? kept.header : undefined;
  }

  /** Answers a refusal; undefined where there is nothing to answer with. */
  async answer(repository: Repository, name: OciName, header: string): Promise<string | undefined> {
    const challenge = parseChallenge(header);
    if (challenge === undefined || repository.bearerToken) return undefined;
    const kept =
      challenge.scheme === 'basic'
        ? basicLogin(repository)
        : await this.#requestToken(repository, name, challenge);
    if (kept === undefined) return undefined;
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    this.#kept.set(keyOf(repository, name), kept);
    return kept.header;
  }

  async #requestToken(
    repository: Repository,
    name: OciName,
    challenge: Extract<Challenge, { scheme: 'bearer' }>,
  ): Promise<Kept> {
    const url = tokenUrl(name, challenge);
    const login = basicLogin(repository)?.header;
    const response = await this.#http.fetch({
      url: url.href,
      headers: login === undefined ? {} : { authorization: login },
      access: repository,
      maxBytes: MAX_TOKEN_BYTES,
    });
    if (response.status !== 200) {
      throw new TiphysError(
        response.status === 401 || response.status === 403 ? 'unauthenticated' : 'unavailable',
        `${url.host} refused a token for ${name.path}: status ${String(response.status)}; check user and password`,
      );
    }
    const parsed = tokenAnswer.safeParse(parse(response.body));
    const token = parsed.data?.token ?? parsed.data?.access_token;
    if (token === undefined) throw new TiphysError('unavailable', `${url.host} answered without a token`);
    const lifetimeMs = (parsed.data?.expires_in ?? DEFAULT_LIFETIME_S) * 1_000;
    return { header: `Bearer ${token}`, until: this.#clock.now() + Math.max(lifetimeMs - EARLY_MS, 0) };
  }
}

/** The login goes to the token service over https, or to the registry's own host. */
function tokenUrl(name: OciName, challenge: Extract<Challenge, { scheme: 'bearer' }>): URL {
  const url = URL.canParse(challenge.realm) ? new URL(challenge.realm) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.hostname !== new URL(name.origin).hostname)) {
    throw new TiphysError(
      'unavailable',
      `${new URL(name.origin).host} names no token service that can be trusted`,
    );
  }
  if (challenge.service !== undefined) url.searchParams.set('service', challenge.service);
  url.searchParams.set('scope', challenge.scope ?? `repository:${name.path}:pull`);
  return url;
}

function basicLogin({ username, password }: Repository): Kept | undefined {
  if (!username && !password) return undefined;
  const login = Buffer.from(`${username ?? ''}:${password ?? ''}`).toString('base64');
  return { header: `Basic ${login}`, until: Number.POSITIVE_INFINITY };
}

function keyOf({ username, password }: Repository, name: OciName): string {
  return createHash('sha256')
    .update(JSON.stringify([name, username, password]))
    .digest('hex');
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
