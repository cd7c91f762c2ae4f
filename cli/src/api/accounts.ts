import { callRest } from './rest.ts';
import {
  accountSchema,
  accountsSchema,
  answerSchema,
  emptySchema,
  tokenSchema,
  userInfoSchema,
  type Account,
  type UserInfo,
} from './schemas/account.ts';
import type { Transport } from './transport.ts';

const ROOT = '/api/v1/account';
const at = (...parts: readonly string[]): string =>
  [ROOT, ...parts.map((part) => encodeURIComponent(part))].join('/');

/** The local accounts of a server, and who is logged in. */
export class AccountsApi {
  private readonly transport: Transport;

  constructor(transport: Transport) {
    this.transport = transport;
  }

  async list(): Promise<readonly Account[]> {
    const { items } = await callRest(this.transport, { method: 'GET', path: ROOT, schema: accountsSchema });
    return items ?? [];
  }

  get(name: string): Promise<Account> {
    return callRest(this.transport, { method: 'GET', path: at(name), schema: accountSchema });
  }

  userInfo(): Promise<UserInfo> {
    const path = '/api/v1/session/userinfo';
    return callRest(this.transport, { method: 'GET', path, schema: userInfoSchema });
  }

  /** `yes` or `no`. */
  async canI(resource: string, action: string, object: string): Promise<string> {
    const path = `${at('can-i', resource, action)}/${object.split('/').map(encodeURIComponent).join('/')}`;
    const { value } = await callRest(this.transport, { method: 'GET', path, schema: answerSchema });
    return value ?? '';
  }

  async updatePassword(change: {
    readonly name: string;
    readonly currentPassword: string;
    readonly newPassword: string;
  }): Promise<void> {
    await callRest(this.transport, {
      method: 'PUT',
      path: `${ROOT}/password`,
      body: change,
      schema: emptySchema,
    });
  }

  async createToken(
    name: string,
    wanted: { readonly expiresIn: number; readonly id: string },
  ): Promise<string> {
    const { token } = await callRest(this.transport, {
      method: 'POST',
      path: at(name, 'token'),
      body: wanted,
      schema: tokenSchema,
    });
    return token;
  }

  async deleteToken(name: string, id: string): Promise<void> {
    const path = at(name, 'token', id);
    await callRest(this.transport, { method: 'DELETE', path, schema: emptySchema });
  }
}
