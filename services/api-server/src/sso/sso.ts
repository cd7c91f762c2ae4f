import { createHash } from 'node:crypto';
import { TiphysError, messageOf } from '@tiphys/model';
import type { DexTrust } from '@tiphys/adapter-oidc';
import type { IdentityProvider, IdentityProviders, Logger } from '@tiphys/ports';
import { baseUrls, parseSso } from '@tiphys/settings';
import type { SsoSettings } from '@tiphys/settings';
import { readYaml } from '../settings/server-settings.ts';
import type { ServerSettings } from '../settings/server-settings.ts';

export interface SsoParts {
  readonly settings: ServerSettings;
  readonly providers: IdentityProviders;
  /** Where Dex is reached, with its scheme. */
  readonly dexUrl: string;
  readonly dexTrust: DexTrust;
  /** A file with a token of the pod for Azure. */
  readonly federatedTokenFile: string | undefined;
  readonly logger: Logger;
}

interface Open {
  readonly key: string;
  readonly settings: SsoSettings;
  readonly provider: IdentityProvider;
}

/** The identity provider of the settings as they are now; a changed setting counts from the next question on. */
export class Sso {
  readonly #parts: SsoParts;
  #read: { readonly from: readonly unknown[]; readonly settings: SsoSettings | undefined } | undefined;
  #open: Open | undefined;

  constructor(parts: SsoParts) {
    this.#parts = parts;
  }

  /** Undefined where users cannot log in by a provider. */
  get settings(): SsoSettings | undefined {
    const { settings } = this.#parts;
    const from = settings.versions();
    const known = this.#read;
    if (known !== undefined && known.from.every((one, index) => one === from[index])) return known.settings;
    this.#read = { from, settings: this.#parse() };
    return this.#read.settings;
  }

  /** The base URLs of this installation; a return to anywhere else is refused. */
  get baseUrls(): readonly string[] {
    const { settings, logger } = this.#parts;
    try {
      return baseUrls(settings.cmData(), readYaml);
    } catch (error) {
      if (!(error instanceof TiphysError)) throw error;
      logger.error('additionalUrls cannot be read; only url counts', { reason: messageOf(error) });
      return baseUrls({ url: settings.url }, readYaml);
    }
  }

  /** Undefined where there is none. */
  get provider(): IdentityProvider | undefined {
    return this.#current()?.provider;
  }

  async close(): Promise<void> {
    await this.#open?.provider.close();
    this.#open = undefined;
  }

  #current(): Open | undefined {
    const settings = this.settings;
    if (settings === undefined) return undefined;
    const skipTls = this.#parts.settings.cm('oidc.tls.insecure.skip.verify') === 'true';
    const key = JSON.stringify([settings, skipTls]);
    if (this.#open?.key === key) return this.#open;
    const old = this.#open;
    this.#open = { key, settings, provider: this.#connect(settings, skipTls) };
    void old?.provider.close().catch((error: unknown) => {
      this.#parts.logger.warn('connections to a former identity provider could not be closed', { error });
    });
    return this.#open;
  }

  #connect(settings: SsoSettings, skipTls: boolean): IdentityProvider {
    const { providers, dexUrl, dexTrust, federatedTokenFile } = this.#parts;
    const { issuer, clientId, clientSecret, audiences, allowNoAudience, rootCa } = settings;
    const client = {
      issuer,
      clientId,
      audiences,
      allowNoAudience,
      ...(clientSecret === '' ? {} : { clientSecret }),
    };
    if (settings.kind === 'dex') {
      const authority = dexTrust.check ? dexTrust.authority : undefined;
      const trust = {
        skipTlsVerification: !dexTrust.check,
        ...(authority === undefined ? {} : { rootCa: authority }),
      };
      return providers.open({ ...client, ...trust, reachedAt: dexUrl });
    }
    const assertion = settings.useWorkloadIdentity ? federatedTokenFile : undefined;
    return providers.open({
      ...client,
      skipTlsVerification: skipTls,
      ...(rootCa === '' ? {} : { rootCa }),
      ...(assertion === undefined ? {} : { clientAssertionFile: assertion }),
    });
  }

  #parse(): SsoSettings | undefined {
    const { settings, logger } = this.#parts;
    try {
      return parseSso(settings.cmData(), {
        readYaml,
        secretOf: (reference) => settings.referenced(reference),
        dexSecret: dexSecretOf(settings.signatureKey),
      });
    } catch (error) {
      if (!(error instanceof TiphysError)) throw error;
      logger.error('logins by an identity provider are off: their settings cannot be read', {
        reason: messageOf(error),
      });
      return undefined;
    }
  }
}

/** The secret that Dex knows this server by; both make it out of the key that tokens are signed with. */
export const dexSecretOf = (signatureKey: string): string =>
  createHash('sha256').update(signatureKey).digest('base64url').slice(0, 40);
