import { compileGlob } from '@tiphys/glob';
import { TiphysError, arrayAt, isJsonObject, stringAt } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import type { Caller, Handlers } from '../api/handlers.ts';
import type { Access } from '../auth/access.ts';
import type { ConfigMap } from '../store/config-map.ts';
import {
  fingerprintOf,
  hostKeysIn,
  isHostKey,
  isHostName,
  withHostKeys,
  withoutHostKeys,
} from './known-hosts.ts';
import type { HostKey } from './known-hosts.ts';
import { certificatesIn, keyTypeOf, subjectOf } from './tls-certificates.ts';

export interface CertificateServiceParts {
  readonly knownHosts: ConfigMap;
  readonly tlsCertificates: ConfigMap;
  readonly access: Access;
}

const SERVICE = '/certificate.CertificateService';
const FILE = 'ssh_known_hosts';
/** What a config map may have as a key, and a mount as a file. */
const SERVER_NAME = /^(?!\.)[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/u;

/** Host keys and certificates that servers of repositories are known by. */
export class CertificateService {
  readonly #parts: CertificateServiceParts;

  constructor(parts: CertificateServiceParts) {
    this.#parts = parts;
  }

  readonly handlers: Handlers = {
    unary: {
      [`${SERVICE}/ListCertificates`]: (request, caller) => this.#list(request, caller),
      [`${SERVICE}/CreateCertificate`]: (request, caller) => this.#create(request, caller),
      [`${SERVICE}/DeleteCertificate`]: (request, caller) => this.#remove(request, caller),
    },
  };

  #list(request: JsonObject, { claims }: Caller): JsonObject {
    this.#parts.access.enforce(claims, 'certificates', 'get', '');
    const wanted = queryOf(request);
    const keys = hostKeysIn(this.#parts.knownHosts.data[FILE] ?? '')
      .map(shownHostKey)
      .sort(byName);
    const certificates = Object.entries(this.#parts.tlsCertificates.data)
      .flatMap(shownCertificates)
      .sort(byName);
    return listOf([...keys, ...certificates].filter(wanted));
  }

  async #create(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    this.#parts.access.enforce(claims, 'certificates', 'create', '');
    const upsert = request['upsert'] === true;
    const items = arrayAt(request['certificates'], 'items').filter((item) => isJsonObject(item));
    const types = items.map((item) => stringAt(item, 'certType') ?? '');
    const unknown = types.find((type) => type !== 'ssh' && type !== 'https');
    if (unknown !== undefined) {
      throw new TiphysError(
        'unknown',
        `${JSON.stringify(unknown)} is no type of certificate; use ssh or https`,
      );
    }
    const keys = items.filter((_item, index) => types[index] === 'ssh').map(hostKeyIn);
    const bundles = items.filter((_item, index) => types[index] === 'https').map(bundleIn);
    return listOf([...(await this.#addKeys(keys, upsert)), ...(await this.#addBundles(bundles, upsert))]);
  }

  async #addKeys(keys: readonly HostKey[], upsert: boolean): Promise<readonly JsonObject[]> {
    let added: readonly HostKey[] = [];
    await this.#parts.knownHosts.change((data) => {
      const text = data[FILE] ?? '';
      const known = hostKeysIn(text);
      const same = (a: HostKey, b: HostKey): boolean => a.host === b.host && a.type === b.type;
      added = keys.filter((key) => !known.some((one) => same(one, key) && one.key === key.key));
      const other = added.find((key) => known.some((one) => same(one, key)));
      if (other !== undefined && !upsert) {
        throw exists(`Key for '${other.host}' (subtype: '${other.type}')`);
      }
      if (added.length === 0) return {};
      const kept = withoutHostKeys(text, (one) => added.some((key) => same(one, key)));
      return { [FILE]: withHostKeys(kept, added) };
    });
    return added.map((key) => ({
      ...shownHostKey(key),
      certData: Buffer.from(key.key).toString('base64'),
      certInfo: fingerprintOf(key.key),
    }));
  }

  async #addBundles(bundles: readonly Bundle[], upsert: boolean): Promise<readonly JsonObject[]> {
    let added: readonly Bundle[] = [];
    await this.#parts.tlsCertificates.change((data) => {
      added = bundles.filter(({ server, pem }) => (data[server] ?? '').trim() !== pem.trim());
      const other = added.find(({ server }) => (data[server] ?? '') !== '');
      if (other !== undefined && !upsert) throw exists(`TLS certificate for server '${other.server}'`);
      return Object.fromEntries(added.map(({ server, pem }) => [server, pem]));
    });
    return added.map(({ server, pem }) => ({
      serverName: server,
      certType: 'https',
      certSubType: '',
      certData: Buffer.from(pem).toString('base64'),
      certInfo: '',
    }));
  }

  async #remove(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    this.#parts.access.enforce(claims, 'certificates', 'delete', '');
    const wanted = queryOf(request);
    let keys: readonly HostKey[] = [];
    await this.#parts.knownHosts.change((data) => {
      const text = data[FILE] ?? '';
      keys = hostKeysIn(text).filter((key) => wanted(shownHostKey(key)));
      return keys.length === 0 ? {} : { [FILE]: withoutHostKeys(text, (key) => wanted(shownHostKey(key))) };
    });
    let bundles: readonly (readonly [string, string])[] = [];
    await this.#parts.tlsCertificates.change((data) => {
      bundles = Object.entries(data).filter((entry) => shownCertificates(entry).some(wanted));
      return Object.fromEntries(bundles.map(([server]) => [server, null]));
    });
    return listOf([
      ...keys.map((key) => ({
        ...shownHostKey(key),
        certData: Buffer.from(key.key).toString('base64'),
        certInfo: '',
      })),
      ...bundles.map(([serverName, pem]) => ({
        serverName,
        certType: 'https',
        certSubType: '',
        certData: Buffer.from(pem).toString('base64'),
        certInfo: '',
      })),
    ]);
  }
}

interface Bundle {
  /** Without a port. */
  readonly server: string;
  readonly pem: string;
}

function hostKeyIn(item: JsonObject): HostKey {
  const host = stringAt(item, 'serverName') ?? '';
  const key = { host, type: stringAt(item, 'certSubType') ?? '', key: bytesIn(item).toString().trim() };
  if (isHostName(host) && isHostKey(key)) return key;
  throw new TiphysError('unknown', `the ssh key for ${JSON.stringify(host)} cannot be read`);
}

function bundleIn(item: JsonObject): Bundle {
  const server = (stringAt(item, 'serverName') ?? '').replace(/:\d+$/u, '');
  if (!SERVER_NAME.test(server)) {
    throw new TiphysError('unknown', `${JSON.stringify(server)} is not the name of a server`);
  }
  const pem = bytesIn(item).toString();
  certificatesIn(pem);
  return { server, pem };
}

const bytesIn = (item: JsonObject): Buffer => Buffer.from(stringAt(item, 'certData') ?? '', 'base64');

const shownHostKey = ({ host, type, key }: HostKey): JsonObject => ({
  serverName: host,
  certType: 'ssh',
  certSubType: type,
  certInfo: `SHA256:${fingerprintOf(key)}`,
});

/** What cannot be read is shown by its name alone, so that it can be removed. */
function shownCertificates([serverName, pem]: readonly [string, string]): readonly JsonObject[] {
  const shown = { serverName, certType: 'https' };
  try {
    return certificatesIn(pem).map((one) => ({
      ...shown,
      certSubType: keyTypeOf(one),
      certInfo: subjectOf(one),
    }));
  } catch {
    return [{ ...shown, certSubType: '', certInfo: '' }];
  }
}

/** Which entries a query means: all of what it does not say. */
function queryOf(request: JsonObject): (item: JsonObject) => boolean {
  const pattern = stringAt(request, 'hostNamePattern') ?? '';
  const type = stringAt(request, 'certType') ?? '';
  const subType = stringAt(request, 'certSubType') ?? '';
  const matches = pattern === '' || pattern === '*' ? undefined : compileGlob(escapeBrackets(pattern), {});
  return (item) =>
    (pattern === '' || pattern === '*' || matches?.(stringAt(item, 'serverName') ?? '') === true) &&
    (type === '' || type === '*' || item['certType'] === type) &&
    (subType === '' || subType === '*' || item['certSubType'] === subType);
}

/** `[host]:22` names a host and its port, not a set of letters. */
const escapeBrackets = (pattern: string): string => pattern.replace(/[[\]]/gu, (bracket) => `\\${bracket}`);

const byName = (a: JsonObject, b: JsonObject): number => (nameOf(a) < nameOf(b) ? -1 : 1);
const nameOf = (item: JsonObject): string =>
  `${stringAt(item, 'serverName') ?? ''} ${stringAt(item, 'certSubType') ?? ''}`;

const listOf = (items: readonly JsonValue[]): JsonObject => ({
  metadata: {},
  ...(items.length === 0 ? {} : { items }),
});

const exists = (what: string): TiphysError =>
  new TiphysError('unknown', `${what} already exists and upsert was not specified.`);
