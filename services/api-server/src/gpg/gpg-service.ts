import { TiphysError, messageOf, stringAt } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import type { Caller, Handlers } from '../api/handlers.ts';
import type { Access } from '../auth/access.ts';
import type { ConfigMap } from '../store/config-map.ts';
import { publicKeysIn } from './public-key.ts';
import type { PublicKey } from './public-key.ts';

const SERVICE = '/gpgkey.GPGKeyService';
const KEY_ID = /^[0-9A-F]{16}$/iu;
const MAX_TEXT = 5 * 1024 * 1024;

/** Public keys that commits may be signed with. */
export class GpgService {
  readonly #keys: ConfigMap;
  readonly #access: Access;

  constructor(keys: ConfigMap, access: Access) {
    this.#keys = keys;
    this.#access = access;
  }

  readonly handlers: Handlers = {
    unary: {
      [`${SERVICE}/List`]: (request, caller) => this.#list(request, caller),
      [`${SERVICE}/Get`]: (request, caller) => this.#get(request, caller),
      [`${SERVICE}/Create`]: (request, caller) => this.#create(request, caller),
      [`${SERVICE}/Delete`]: (request, caller) => this.#remove(request, caller),
    },
  };

  /** A key that cannot be read hides no other. */
  #list(request: JsonObject, { claims }: Caller): JsonObject {
    this.#access.enforce(claims, 'gpgkeys', 'get', '');
    const wanted = (stringAt(request, 'keyID') ?? '').toUpperCase();
    const items = Object.keys(this.#keys.data)
      .filter((id) => KEY_ID.test(id) && (wanted === '' || id.toUpperCase() === wanted))
      .sort()
      .flatMap((id) => this.#known(id) ?? [])
      .map((key) => shown(key));
    return { metadata: {}, ...(items.length === 0 ? {} : { items }) };
  }

  #get(request: JsonObject, { claims }: Caller): JsonObject {
    this.#access.enforce(claims, 'gpgkeys', 'get', '');
    const id = idIn(request);
    const key = this.#known(id);
    if (key === undefined) throw new TiphysError('unknown', `no such key: ${id}`);
    return { ...shown(key), keyData: key.armoured };
  }

  /** Keys that are there already are left alone, and named. */
  async #create(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    this.#access.enforce(claims, 'gpgkeys', 'create', '');
    const text = stringAt(request, 'publickey', 'keyData') ?? '';
    if (text.trim() === '') throw new TiphysError('unknown', 'submitted key data is empty');
    const given = keysIn(text);
    let added: readonly PublicKey[] = [];
    await this.#keys.change((data) => {
      added = given.filter(({ id }) => data[id] === undefined || request['upsert'] === true);
      return Object.fromEntries(added.map(({ id, armoured }) => [id, armoured]));
    });
    const skipped = given.filter((key) => !added.includes(key)).map(({ id }) => id);
    const items = added.map((key) => ({ ...shown(key), keyData: key.armoured }));
    return {
      created: { metadata: {}, ...(items.length === 0 ? {} : { items }) },
      ...(skipped.length === 0 ? {} : { skipped }),
    };
  }

  async #remove(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    this.#access.enforce(claims, 'gpgkeys', 'delete', '');
    const id = idIn(request);
    await this.#keys.change((data) => {
      const name = Object.keys(data).find((key) => key.toUpperCase() === id);
      if (name === undefined) throw new TiphysError('unknown', `no such key configured: ${id}`);
      return { [name]: null };
    });
    return {};
  }

  #known(id: string): PublicKey | undefined {
    const { data } = this.#keys;
    const name = Object.keys(data).find((key) => key.toUpperCase() === id.toUpperCase());
    try {
      return name === undefined ? undefined : publicKeysIn(data[name] ?? '')[0];
    } catch {
      return undefined;
    }
  }
}

function keysIn(text: string): readonly PublicKey[] {
  try {
    if (text.length > MAX_TEXT) throw new TiphysError('invalid', 'the data are too long');
    return publicKeysIn(text);
  } catch (error) {
    throw new TiphysError('unknown', `error validating PGP keys from input: ${messageOf(error)}`);
  }
}

function idIn(request: JsonObject): string {
  const id = stringAt(request, 'keyID') ?? '';
  const short = id.length === 40 ? id.slice(-16) : id;
  if (!KEY_ID.test(short)) throw new TiphysError('unknown', `'${id}' is not a valid GnuPG key ID`);
  return short.toUpperCase();
}

const shown = ({ id, fingerprint, owner, type }: PublicKey): JsonObject => ({
  keyID: id,
  fingerprint,
  owner,
  trust: 'unknown',
  subType: type,
});
