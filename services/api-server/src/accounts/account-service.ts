import { randomUUID } from 'node:crypto';
import { compileRegex } from '@tiphys/glob';
import { TiphysError, stringAt } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import type { Clock } from '@tiphys/ports';
import { parseRoleSubject } from '@tiphys/rbac';
import type { Caller, Handlers } from '../api/handlers.ts';
import type { Access } from '../auth/access.ts';
import { ISSUER } from '../auth/claims.ts';
import type { Claims } from '../auth/claims.ts';
import type { Passwords } from '../session/passwords.ts';
import type { Renewal } from '../session/renewal.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import type { Account } from './account.ts';
import type { AccountStore } from './account-store.ts';
import { canI } from './can-i.ts';
import { loginRefusal } from './login.ts';
import type { PasswordLogin } from './login.ts';

/** How long ago someone without a local account must have logged in to set passwords. */
const MAX_SSO_AGE_MS = 5 * 60_000;
/** What the hash takes in; more would not count. */
const MAX_PASSWORD_BYTES = 72;

export interface AccountServiceParts {
  readonly accounts: AccountStore;
  readonly access: Access;
  readonly login: PasswordLogin;
  readonly passwords: Passwords;
  readonly renewal: Renewal;
  readonly settings: ServerSettings;
  readonly clock: Clock;
}

/** Local accounts: who there is, their passwords and their API keys. */
export class AccountService {
  readonly #parts: AccountServiceParts;

  constructor(parts: AccountServiceParts) {
    this.#parts = parts;
  }

  readonly handlers: Handlers = {
    unary: {
      '/account.AccountService/CanI': (request, { claims }) => canI(this.#parts.access, request, claims),
      '/account.AccountService/UpdatePassword': (request, caller) => this.#updatePassword(request, caller),
      '/account.AccountService/ListAccounts': (_request, caller) => this.#list(caller),
      '/account.AccountService/GetAccount': (request, caller) => this.#get(request, caller),
      '/account.AccountService/CreateToken': (request, caller) => this.#createToken(request, caller),
      '/account.AccountService/DeleteToken': (request, caller) => this.#deleteToken(request, caller),
    },
  };

  #list({ claims }: Caller): JsonObject {
    const { accounts, access } = this.#parts;
    const items = accounts
      .list()
      .filter(({ name }) => isSelf(claims, name) || access.allows(claims, 'accounts', 'get', name));
    return items.length === 0 ? {} : { items: items.map(shown) };
  }

  #get(request: JsonObject, { claims }: Caller): JsonObject {
    const name = stringAt(request, 'name') ?? '';
    this.#enforce(claims, 'get', name);
    return shown(this.#parts.accounts.get(name));
  }

  async #createToken(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const name = stringAt(request, 'name') ?? '';
    const id = stringAt(request, 'id') || randomUUID();
    this.#enforce(claims, 'update', name);
    const seconds = lifetimeIn(request);
    const { accounts, renewal } = this.#parts;
    await renewal.settled(accounts.get(name));
    const { token, iat, exp } = renewal.sign({ subject: `${name}:apiKey`, id, seconds });
    await accounts.update(name, ({ tokens, capabilities }) => {
      const refuse = (why: string): TiphysError =>
        new TiphysError('unknown', `failed to update account with new token: ${why}`);
      if (tokens.some((each) => each.id === id)) throw refuse(`account already has token with id '${id}'`);
      if (!capabilities.includes('apiKey')) {
        throw refuse(`account '${name}' does not have apiKey capability`);
      }
      return { tokens: [...tokens, { id, iat, ...(exp === undefined ? {} : { exp }) }] };
    });
    return { token };
  }

  async #deleteToken(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const name = stringAt(request, 'name') ?? '';
    const id = stringAt(request, 'id') ?? '';
    this.#enforce(claims, 'update', name);
    await this.#parts.accounts.update(name, ({ tokens }) => {
      const kept = tokens.filter((each) => each.id !== id);
      if (kept.length === tokens.length) {
        throw new TiphysError('not-found', `token with id '${id}' does not exist`);
      }
      return { tokens: kept };
    });
    return {};
  }

  async #updatePassword(request: JsonObject, { claims, call }: Caller): Promise<JsonObject> {
    const { accounts, passwords, clock } = this.#parts;
    const given = stringAt(request, 'name') ?? '';
    const name = given === '' ? (claims?.subject ?? '') : given;
    if (!isSelf(claims, name)) this.#parts.access.enforce(claims, 'accounts', 'update', name);
    await this.#proveIdentity(claims, stringAt(request, 'currentPassword') ?? '', call.peer);
    const password = stringAt(request, 'newPassword') ?? '';
    this.#checkPattern(password);
    accounts.get(name);
    const passwordHash = await passwords.hash(password);
    await accounts.update(name, () => ({ passwordHash, passwordMtime: clock.now() }));
    return {};
  }

  /** A local caller gives the own password once more, any other must have logged in just now. */
  async #proveIdentity(claims: Claims | undefined, password: string, address: string): Promise<void> {
    const subject = claims?.subject ?? '';
    if (claims?.issuer !== ISSUER) {
      const issuedAt = (claims?.issuedAt ?? 0) * 1_000;
      if (this.#parts.clock.now() - issuedAt <= MAX_SSO_AGE_MS) return;
      throw new TiphysError('unknown', 'SSO token is too old. Log in again to get a new token');
    }
    if (parseRoleSubject(subject) !== undefined) {
      throw new TiphysError('invalid', `password can only be changed for local users, not user "${subject}"`);
    }
    const account = await this.#parts.login.check(subject, password, address);
    if (account === undefined || loginRefusal(account) !== undefined) {
      throw new TiphysError('invalid', 'current password does not match');
    }
  }

  #checkPattern(password: string): void {
    const pattern = this.#parts.settings.passwordPattern;
    const regex = compileRegex(pattern);
    if (regex === undefined) throw new TiphysError('unknown', `passwordPattern cannot be read: ${pattern}`);
    if (!regex.test(password)) {
      throw new TiphysError('unknown', `new password does not match the following expression: ${pattern}`);
    }
    if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES) {
      throw new TiphysError('invalid', `new password is longer than ${MAX_PASSWORD_BYTES} bytes`);
    }
  }

  #enforce(claims: Claims | undefined, action: 'get' | 'update', name: string): void {
    if (!isSelf(claims, name)) this.#parts.access.enforce(claims, 'accounts', action, name);
  }
}

/** Everybody may look after the own account; a name that another issuer gave is not that of a local one. */
const isSelf = (claims: Claims | undefined, name: string): boolean =>
  claims?.issuer === ISSUER && claims.subject === name;

/** Seconds that a token is to live; undefined for one without an end. @throws TiphysError `invalid` */
export function lifetimeIn(request: JsonObject): number | undefined {
  const seconds = Number(request['expiresIn'] ?? 0);
  if (seconds < 0) throw new TiphysError('invalid', 'a token cannot expire before it was issued');
  return seconds === 0 ? undefined : seconds;
}

function shown({ name, enabled, capabilities, tokens }: Account): JsonObject {
  const newestFirst = [...tokens].sort((a, b) => b.iat - a.iat);
  return {
    name,
    enabled,
    capabilities: [...capabilities],
    tokens: newestFirst.map(({ id, iat, exp }) => ({
      id,
      issuedAt: iat,
      ...(exp === undefined ? {} : { expiresAt: exp }),
    })),
  };
}
