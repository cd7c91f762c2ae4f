import { TiphysError, configNames, hasCode } from '@tiphys/model';
import type { KubeObject } from '@tiphys/model';
import type { KubeApi } from '@tiphys/ports';
import { ownKinds } from '@tiphys/runtime/watch';
import type { ObjectStore } from '@tiphys/runtime/watch';
import { secretData } from '../settings/server-settings.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import { accountsIn, secretKeyOf } from './account.ts';
import type { Account, AccountToken } from './account.ts';

const MAX_ATTEMPTS = 10;

/** What of an account can be written. */
export interface AccountChange {
  /** bcrypt; all older tokens of the account end with it. */
  readonly passwordHash?: string;
  /** Milliseconds since the epoch. */
  readonly passwordMtime?: number;
  readonly tokens?: readonly AccountToken[];
}

/** The local accounts: read from the watched settings, written to `argocd-secret`. */
export class AccountStore {
  readonly #api: KubeApi;
  readonly #store: ObjectStore;
  readonly #settings: ServerSettings;
  readonly #namespace: string;

  constructor(parts: {
    readonly api: KubeApi;
    /** Holds `argocd-secret`. */
    readonly store: ObjectStore;
    readonly settings: ServerSettings;
    readonly namespace: string;
  }) {
    this.#api = parts.api;
    this.#store = parts.store;
    this.#settings = parts.settings;
    this.#namespace = parts.namespace;
  }

  /** @throws TiphysError `not-found` */
  get(name: string): Account {
    return found(name, this.#settings.accounts.get(name));
  }

  list(): readonly Account[] {
    return [...this.#settings.accounts.values()];
  }

  /**
   * Writes what `change` makes of the newest state of an account; asked again when somebody else wrote meanwhile.
   * @throws TiphysError `not-found`, and whatever `change` throws
   */
  async update(name: string, change: (account: Account) => AccountChange): Promise<void> {
    for (let round = 1; ; round++) {
      const secret = await this.#api.get(ownKinds.secret, {
        namespace: this.#namespace,
        name: configNames.secret,
      });
      const accounts = accountsIn(this.#settings.cmData(), secretData(secret));
      const data = dataOf(name, change(found(name, accounts.get(name))));
      try {
        this.#store.observe(await this.#write(secret, data));
        return;
      } catch (error) {
        if (!hasCode(error, 'conflict') || round >= MAX_ATTEMPTS) throw error;
      }
    }
  }

  /** Refused when the secret changed since it was read. */
  async #write({ metadata }: KubeObject, data: Readonly<Record<string, string>>): Promise<KubeObject> {
    const { resourceVersion = '' } = metadata;
    const where = { namespace: this.#namespace, name: configNames.secret };
    const body = { metadata: { resourceVersion }, data };
    return await this.#api.patch(ownKinds.secret, where, { type: 'merge', body });
  }
}

function found(name: string, account: Account | undefined): Account {
  if (account) return account;
  throw new TiphysError('not-found', `account '${name}' does not exist`);
}

function dataOf(
  name: string,
  { passwordHash, passwordMtime, tokens }: AccountChange,
): Readonly<Record<string, string>> {
  const values = {
    password: passwordHash,
    passwordMtime: passwordMtime === undefined ? undefined : rfc3339(passwordMtime),
    tokens: tokens === undefined ? undefined : JSON.stringify(tokens),
  } as const;
  return Object.fromEntries(
    (['password', 'passwordMtime', 'tokens'] as const).flatMap((part) => {
      const value = values[part];
      return value === undefined ? [] : [[secretKeyOf(name, part), Buffer.from(value).toString('base64')]];
    }),
  );
}

const rfc3339 = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
