import type { Attempts } from '../session/attempts.ts';
import type { Passwords } from '../session/passwords.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import type { Account } from './account.ts';

/** Checks passwords of local accounts; every check counts as an attempt. */
export class PasswordLogin {
  readonly #settings: ServerSettings;
  readonly #passwords: Passwords;
  readonly #attempts: Attempts;

  constructor(parts: {
    readonly settings: ServerSettings;
    readonly passwords: Passwords;
    readonly attempts: Attempts;
  }) {
    this.#settings = parts.settings;
    this.#passwords = parts.passwords;
    this.#attempts = parts.attempts;
  }

  /** The account where the password is its; undefined else, whatever the reason, after the same work. */
  async check(name: string, password: string, address: string): Promise<Account | undefined> {
    return await this.#attempts.run(name, address, async () => {
      const account = this.#settings.accounts.get(name);
      const fits = await this.#passwords.verify(password, account?.passwordHash ?? '');
      return fits ? account : undefined;
    });
  }
}

/** Why an account may not log in by password, undefined where it may. */
export function loginRefusal({ name, enabled, capabilities }: Account): string | undefined {
  if (!enabled) return `account ${name} is disabled`;
  return capabilities.includes('login') ? undefined : `account ${name} does not have login capability`;
}
