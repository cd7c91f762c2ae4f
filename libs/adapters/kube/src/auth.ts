import { readFile } from 'node:fs/promises';
import type { Clock } from '@tiphys/ports';
import { TiphysError } from '@tiphys/model';

/** Gives the `Authorization` header of a request; undefined for none (client certificates, anonymous). */
export interface Authorizer {
  header(): string | undefined | Promise<string | undefined>;
  /** Told after a 401, with the header that was refused. True means that the next one may differ: try once more. */
  rejected(header: string | undefined): boolean;
}

/** No header: the client certificate speaks, or nobody. */
export const noAuthorization: Authorizer = fixed(undefined);

export const basicAuthorization = (username: string, password: string): Authorizer =>
  fixed(`Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`);

export const bearerAuthorization = (token: string): Authorizer => fixed(`Bearer ${token}`);

function fixed(header: string | undefined): Authorizer {
  return { header: () => header, rejected: () => false };
}

/** Looked at again this often; the kubelet writes a new token long before the old one ends. */
const TOKEN_FILE_MS = 10_000;

/**
 * Bearer token of a file that changes under us (a pod's service account token): read again at most every 10 s,
 * and at once after a 401. Errors: `unauthenticated`, naming the file.
 */
export function tokenFileAuthorization(path: string, clock: Clock): Authorizer {
  return cachedAuthorization(clock, async () => {
    let token: string;
    try {
      token = (await readFile(path, 'utf8')).trim();
    } catch (cause) {
      throw new TiphysError('unauthenticated', `cannot read the token file ${path}`, { cause });
    }
    if (token === '') throw new TiphysError('unauthenticated', `the token file ${path} is empty`);
    return { token, expiresAt: clock.now() + TOKEN_FILE_MS };
  });
}

export interface ExpiringToken {
  readonly token: string;
  /** Milliseconds since the epoch; the token is fetched anew from then on. */
  readonly expiresAt: number;
}

/**
 * Bearer token that is fetched when there is none, when it expired and after a 401; parallel askers share one fetch.
 * `first` is one that was fetched already.
 */
export function cachedAuthorization(
  clock: Clock,
  fetchToken: () => Promise<ExpiringToken>,
  first?: ExpiringToken,
): Authorizer {
  let current = first;
  let underWay: Promise<string> | undefined;
  const renew = async (): Promise<string> => {
    current = await fetchToken();
    return `Bearer ${current.token}`;
  };
  return {
    header() {
      if (current !== undefined && clock.now() < current.expiresAt) return `Bearer ${current.token}`;
      underWay ??= renew().finally(() => {
        underWay = undefined;
      });
      return underWay;
    },
    rejected(header) {
      // Many requests may be refused for one old token: only the first throws it away.
      if (current !== undefined && header === `Bearer ${current.token}`) current = undefined;
      return true;
    },
  };
}
