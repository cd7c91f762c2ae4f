import { isJsonObject } from '@tiphys/model';
import { ADMIN } from '../auth/claims.ts';

export type Capability = 'login' | 'apiKey';

/** One API key of an account. Times are seconds since the epoch. */
export interface AccountToken {
  readonly id: string;
  readonly iat: number;
  /** Undefined for a token without an end. */
  readonly exp?: number;
}

/** A local account. */
export interface Account {
  readonly name: string;
  readonly enabled: boolean;
  readonly capabilities: readonly Capability[];
  /** bcrypt; empty for an account without a password. */
  readonly passwordHash: string;
  /** Milliseconds since the epoch, whole seconds; 0 where it is not set. */
  readonly passwordMtime: number;
  readonly tokens: readonly AccountToken[];
}

type Data = Readonly<Record<string, string>>;

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);

/** The key of `argocd-secret` that holds a part of an account. */
export const secretKeyOf = (account: string, part: 'password' | 'passwordMtime' | 'tokens'): string =>
  account === ADMIN ? `${ADMIN}.${part}` : `accounts.${account}.${part}`;

/**
 * All local accounts by name, in the order of their names: `admin` always, others where `argocd-cm` declares them.
 * What cannot be read disables an account.
 */
export function accountsIn(cm: Data, secret: Data): ReadonlyMap<string, Account> {
  const declared = declaredIn(cm);
  return new Map(
    [...declared.keys()].sort().map((name) => [name, complete(name, declared.get(name), secret)]),
  );
}

interface Declaration {
  readonly enabled: boolean;
  readonly capabilities: readonly Capability[];
}

function declaredIn(cm: Data): ReadonlyMap<string, Declaration> {
  const found = new Map<string, Declaration>([
    [ADMIN, { enabled: cm['admin.enabled'] !== 'false', capabilities: ['login'] }],
  ]);
  for (const [key, value] of Object.entries(cm)) {
    const [prefix, name = '', suffix, ...more] = key.split('.');
    if (prefix !== 'accounts' || name === '' || more.length > 0) continue;
    const known = found.get(name) ?? { enabled: true, capabilities: [] };
    if (suffix === undefined) found.set(name, { ...known, capabilities: capabilitiesIn(known, value) });
    else if (suffix === 'enabled') found.set(name, { ...known, enabled: TRUE.has(value.trim()) });
    else found.set(name, known);
  }
  return found;
}

function capabilitiesIn({ capabilities }: Declaration, text: string): readonly Capability[] {
  const named = text.split(',').map((each) => each.trim());
  const known = named.filter((each): each is Capability => each === 'login' || each === 'apiKey');
  return [...new Set([...capabilities, ...known])];
}

function complete(name: string, declared: Declaration | undefined, secret: Data): Account {
  const value = (part: Parameters<typeof secretKeyOf>[1]): string => secret[secretKeyOf(name, part)] ?? '';
  return {
    name,
    enabled: declared?.enabled ?? false,
    capabilities: declared?.capabilities ?? [],
    passwordHash: value('password'),
    passwordMtime: Date.parse(value('passwordMtime')) || 0,
    tokens: tokensIn(value('tokens')),
  };
}

/** Reads the list of tokens; one that cannot be read holds none. */
function tokensIn(text: string): readonly AccountToken[] {
  if (text.trim() === '') return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  return Array.isArray(value) ? value.flatMap(tokenOf) : [];
}

function tokenOf(value: unknown): readonly AccountToken[] {
  if (!isJsonObject(value)) return [];
  const { id, iat, exp } = value;
  if (typeof id !== 'string' || typeof iat !== 'number') return [];
  return [{ id, iat, ...(typeof exp === 'number' && exp > 0 ? { exp } : {}) }];
}
