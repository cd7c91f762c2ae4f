import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { CloudLogin, Repository } from '@tiphys/model';
import type { Clock, HttpFetcher } from '@tiphys/ports';
import { azureToken, type AzureEnvironment } from './azure.ts';
import { gitHubToken } from './github-app.ts';
import { googleToken, serviceAccountKey } from './google.ts';
import type { Token } from './token-request.ts';

export interface CloudLoginOptions {
  readonly http: HttpFetcher;
  readonly clock: Pick<Clock, 'now'>;
  /** Of this process. */
  readonly environment?: AzureEnvironment;
}

/** Exchanges long-lived proofs for short-lived logins. */
export interface CloudLogins {
  /** The repository with a login that git can use; the very same one where it needs no exchange. */
  loggedIn(repository: Repository): Promise<Repository>;
  /** The next look gets a new token: the known one was refused. */
  forget(repository: Repository): void;
}

const MAX_KNOWN = 1_000;
/** A fetch that has begun has to end before the token does. */
const EARLY_MS = 300_000;

/** Makes the exchange; tokens are kept in memory until shortly before they end, and parallel askers share one. */
export function createCloudLogins(options: CloudLoginOptions): CloudLogins {
  return new KeptLogins(options);
}

interface Kept {
  readonly token: Promise<Token>;
  /** Epoch milliseconds; nothing before the token is there. */
  until: number;
}

class KeptLogins implements CloudLogins {
  readonly #options: CloudLoginOptions;
  readonly #kept = new LRUCache<string, Kept>({ max: MAX_KNOWN });

  constructor(options: CloudLoginOptions) {
    this.#options = options;
  }

  async loggedIn(repository: Repository): Promise<Repository> {
    const {
      cloudLogin: login,
      username: _user,
      password: _password,
      bearerToken: _token,
      ...rest
    } = repository;
    if (login === undefined) return repository;
    const { token } = await this.#token(repository, login);
    return { ...rest, ...credentialsOf(login, token) };
  }

  forget(repository: Repository): void {
    this.#kept.delete(keyOf(repository));
  }

  #token(repository: Repository, login: CloudLogin): Promise<Token> {
    const key = keyOf(repository);
    const known = this.#kept.get(key);
    const now = this.#options.clock.now();
    if (known !== undefined && now < known.until) return known.token;
    const kept: Kept = { token: this.#fresh(repository, login), until: Number.POSITIVE_INFINITY };
    this.#kept.set(key, kept);
    kept.token.then(
      ({ until }) => (kept.until = until - Math.min(EARLY_MS, (until - now) / 2)),
      () => this.#kept.get(key) === kept && this.#kept.delete(key),
    );
    return kept.token;
  }

  #fresh(repository: Repository, login: CloudLogin): Promise<Token> {
    const { http, clock, environment = {} } = this.#options;
    const now = clock.now();
    switch (login.type) {
      case 'github-app':
        return gitHubToken(http, { login, repository, now });
      case 'google':
        return Promise.resolve().then(() =>
          googleToken(http, { key: serviceAccountKey(login.serviceAccountKey), repository, now }),
        );
      case 'azure-workload-identity':
      case 'azure-service-principal':
        return azureToken(http, { login, repository, environment, now });
    }
  }
}

function credentialsOf(login: CloudLogin, token: string): Partial<Repository> {
  switch (login.type) {
    case 'github-app':
      return { username: 'x-access-token', password: token };
    case 'google':
      return { username: serviceAccountKey(login.serviceAccountKey).client_email, password: token };
    case 'azure-workload-identity':
    case 'azure-service-principal':
      return { bearerToken: token };
  }
}

/** An installation may be that of one repository alone. */
const keyOf = ({ cloudLogin, url, proxy, caPem, insecure }: Repository): string =>
  createHash('sha256')
    .update(JSON.stringify([cloudLogin, url, proxy, caPem, insecure]))
    .digest('hex');
