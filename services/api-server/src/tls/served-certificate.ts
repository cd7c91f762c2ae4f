import { X509Certificate } from 'node:crypto';
import type { KeyPair, Mux } from '@tiphys/adapter-argo-api';
import { configNames } from '@tiphys/model';
import type { Clock, Logger } from '@tiphys/ports';
import type { ServerSettings } from '../settings/server-settings.ts';
import { TLS_SECRET } from '../store/stores.ts';
import type { Stores } from '../store/stores.ts';

export interface ServedCertificateParts {
  readonly settings: ServerSettings;
  readonly stores: Stores;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The certificate that connections are secured with: that of its own secret, or else of `argocd-secret`. */
export class ServedCertificate {
  readonly #parts: ServedCertificateParts;

  constructor(parts: ServedCertificateParts) {
    this.#parts = parts;
  }

  /** Undefined where none is there yet. */
  find(): KeyPair | undefined {
    const { settings, stores } = this.#parts;
    return (
      settings.keyPair(stores.tlsSecret, TLS_SECRET) ?? settings.keyPair(stores.secret, configNames.secret)
    );
  }

  /** True where an operator brought one. */
  get isOwn(): boolean {
    const { settings, stores } = this.#parts;
    return settings.keyPair(stores.tlsSecret, TLS_SECRET) !== undefined;
  }

  /** @throws Error where none is there. */
  current(): KeyPair {
    const pair = this.find();
    if (pair) return pair;
    throw new Error(`no certificate in ${TLS_SECRET} or ${configNames.secret}`);
  }

  /** Serves another one from the next connection on; one that cannot be used is told, and the last one stays. */
  follow(mux: Pick<Mux, 'useCertificate'>, served: KeyPair): void {
    let last = served;
    const look = (): void => {
      const next = this.find();
      if (next === undefined || isSame(next, last)) return;
      last = next;
      try {
        mux.useCertificate(next);
        this.#announce(next);
      } catch (error) {
        this.#parts.logger.error('the new certificate cannot be used; the old one stays', { error });
      }
    };
    this.#parts.stores.tlsSecret.subscribe(look);
    this.#parts.stores.secret.subscribe(look);
  }

  #announce({ certificate }: KeyPair): void {
    const { validToDate, fingerprint256 } = new X509Certificate(certificate);
    const fields = { fingerprint: fingerprint256, until: validToDate.toISOString() };
    this.#parts.logger.info('another certificate is served', fields);
    if (validToDate.getTime() < this.#parts.clock.now()) {
      this.#parts.logger.warn('the certificate that is served has expired', fields);
    }
  }
}

const isSame = (one: KeyPair, other: KeyPair): boolean =>
  one.certificate === other.certificate && one.key === other.key;
