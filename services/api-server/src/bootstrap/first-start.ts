import { randomBytes, randomInt } from 'node:crypto';
import { TiphysError, asJson, configNames, hasCode, isJsonObject, valueAt } from '@tiphys/model';
import type { KubeObject } from '@tiphys/model';
import type { Clock, KubeApi, Logger } from '@tiphys/ports';
import type { Passwords } from '../session/passwords.ts';
import { secretData } from '../settings/server-settings.ts';
import { ownKinds } from '@tiphys/runtime/watch';
import { selfSignedCertificate } from './certificate.ts';

const PASSWORD_LENGTH = 16;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-';
const KEY_BYTES = 32;
const MAX_ATTEMPTS = 10;
const PART_OF = { 'app.kubernetes.io/part-of': 'argocd' };

export interface FirstStartParts {
  readonly api: KubeApi;
  readonly namespace: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly passwords: Passwords;
  readonly adminEnabled: boolean;
  /** True where a certificate has to be made when none is configured. */
  readonly needsCertificate: boolean;
}

/**
 * Makes what a new installation lacks: the key that tokens are signed with, the admin password, a certificate.
 * Safe with any number of replicas: each write carries the version it was read at, and whoever comes second takes
 * what the first one made. The password is kept in its own secret before its hash is written, so that a crash in
 * between loses nothing.
 */
export class FirstStart {
  readonly #parts: FirstStartParts;

  constructor(parts: FirstStartParts) {
    this.#parts = parts;
  }

  /** Resolves to `argocd-secret` as it is then. */
  async run(): Promise<KubeObject> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const secret = await this.#getOrCreate();
      const missing = await this.#missing(secretData(secret));
      if (Object.keys(missing).length === 0) return secret;
      const written = await this.#write(secret, missing);
      if (written) return written;
      await this.#parts.clock.sleep(randomInt(20, 100) * attempt);
    }
    throw new TiphysError(
      'conflict',
      `the secret ${configNames.secret} in ${this.#parts.namespace} keeps changing while it is initialised`,
    );
  }

  async #missing(data: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
    const { passwords, clock, adminEnabled, needsCertificate, namespace } = this.#parts;
    const missing: Record<string, string> = {};
    if (!data['server.secretkey']) missing['server.secretkey'] = randomBytes(KEY_BYTES).toString('base64');
    if (adminEnabled && !data['admin.password']) {
      missing['admin.password'] = await passwords.hash(await this.#initialPassword());
      missing['admin.passwordMtime'] = new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
    }
    if (needsCertificate && !(data['tls.crt'] && data['tls.key'])) {
      const { certificate, key } = await selfSignedCertificate(namespace, clock.now());
      missing['tls.crt'] = certificate;
      missing['tls.key'] = key;
    }
    return missing;
  }

  async #getOrCreate(): Promise<KubeObject> {
    const { api, namespace } = this.#parts;
    const name = configNames.secret;
    try {
      return await api.get(ownKinds.secret, { namespace, name });
    } catch (error) {
      if (!hasCode(error, 'not-found')) throw error;
    }
    try {
      return await api.create(ownKinds.secret, secretObject(namespace, name, {}));
    } catch (error) {
      if (!hasCode(error, 'already-exists')) throw error;
      return await api.get(ownKinds.secret, { namespace, name });
    }
  }

  /** Undefined where someone else wrote first. */
  async #write(
    secret: KubeObject,
    missing: Readonly<Record<string, string>>,
  ): Promise<KubeObject | undefined> {
    const before = valueAt(asJson(secret), 'data');
    const data = { ...(isJsonObject(before) ? before : {}), ...encoded(missing) };
    try {
      const written = await this.#parts.api.replace(ownKinds.secret, { ...secret, data });
      this.#parts.logger.info('initialised the installation', { keys: Object.keys(missing) });
      return written;
    } catch (error) {
      if (hasCode(error, 'conflict')) return undefined;
      throw error;
    }
  }

  /** The password in `argocd-initial-admin-secret`, which is made when it is not there. */
  async #initialPassword(): Promise<string> {
    const { api, namespace } = this.#parts;
    const name = configNames.initialAdminSecret;
    const password = Array.from({ length: PASSWORD_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join(
      '',
    );
    try {
      await api.create(ownKinds.secret, secretObject(namespace, name, { password }));
      return password;
    } catch (error) {
      if (!hasCode(error, 'already-exists')) throw error;
    }
    const existing = secretData(await api.get(ownKinds.secret, { namespace, name }))['password'];
    if (existing !== undefined && existing !== '') return existing;
    await api.patch(
      ownKinds.secret,
      { namespace, name },
      { type: 'merge', body: { data: encoded({ password }) } },
    );
    return password;
  }
}

const encoded = (data: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  );

const secretObject = (
  namespace: string,
  name: string,
  data: Readonly<Record<string, string>>,
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace, labels: { ...PART_OF, 'app.kubernetes.io/name': name } },
  type: 'Opaque',
  data: encoded(data),
});
