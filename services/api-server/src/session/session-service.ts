import { randomInt } from 'node:crypto';
import { TiphysError, stringAt } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import type { Clock } from '@tiphys/ports';
import type { Caller, Handlers } from '../api/handlers.ts';
import { loginRefusal } from '../accounts/login.ts';
import type { PasswordLogin } from '../accounts/login.ts';
import type { Account } from '../accounts/account.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import type { Renewal } from './renewal.ts';

const MAX_NAME = 32;
/** Every refusal takes at least this long, and a random part more, whatever the reason. */
const PAD_MIN_MS = 500;
const PAD_MAX_MS = 1_000;

export interface SessionServiceParts {
  readonly settings: ServerSettings;
  readonly login: PasswordLogin;
  readonly renewal: Renewal;
  readonly clock: Clock;
}

/** Login, logout and who is logged in. */
export class SessionService {
  readonly #parts: SessionServiceParts;

  constructor(parts: SessionServiceParts) {
    this.#parts = parts;
  }

  readonly handlers: Handlers = {
    unary: {
      '/session.SessionService/Create': (request, caller) => this.#create(request, caller),
      '/session.SessionService/Delete': () => ({}),
      '/session.SessionService/GetUserInfo': (_request, caller) => userInfo(caller),
    },
  };

  async #create(request: JsonObject, { call }: Caller): Promise<JsonObject> {
    const username = stringAt(request, 'username') ?? '';
    const password = stringAt(request, 'password') ?? '';
    if ((stringAt(request, 'token') ?? '') !== '') {
      throw new TiphysError(
        'unauthenticated',
        'a session is made from a user name and a password, not from a token',
      );
    }
    if (username === '' || password === '')
      throw new TiphysError('unauthenticated', 'no credentials supplied');
    if (Buffer.byteLength(username) > MAX_NAME) {
      throw new TiphysError('invalid', `Username is too long (${MAX_NAME} bytes max)`);
    }
    const started = this.#parts.clock.now();
    const account = await this.#parts.login.check(username, password, call.peer);
    if (account !== undefined) return await this.#session(account);
    await this.#pad(started);
    throw new TiphysError('unauthenticated', 'Invalid username or password');
  }

  async #pad(started: number): Promise<void> {
    const left = randomInt(PAD_MIN_MS, PAD_MAX_MS) - (this.#parts.clock.now() - started);
    if (left > 0) await this.#parts.clock.sleep(left);
  }

  async #session(account: Account): Promise<JsonObject> {
    const refusal = loginRefusal(account);
    if (refusal !== undefined) throw new TiphysError('unauthenticated', refusal);
    const { settings, renewal } = this.#parts;
    await renewal.settled(account);
    return { token: renewal.issue(account.name, Math.floor(settings.sessionMs / 1_000)) };
  }
}

function userInfo({ claims }: Caller): JsonObject {
  if (!claims) return {};
  return {
    loggedIn: true,
    username: claims.username ?? claims.subject,
    iss: claims.issuer,
    groups: [...claims.groups],
  };
}
