import { DexProxy } from '@tiphys/adapter-oidc';
import type { DexTrust } from '@tiphys/adapter-oidc';
import type { CookieOptions } from '@tiphys/adapter-argo-api';
import type { Cache, Clock, Counters, IdentityProviders, Logger } from '@tiphys/ports';
import type { Access } from '../auth/access.ts';
import type { ApiServerConfig } from '../config.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import { SessionVault } from './session-vault.ts';
import { SsoLogin } from './sso-login.ts';
import { SsoSessions } from './sso-sessions.ts';
import { SsoTokens } from './sso-tokens.ts';
import { Sso } from './sso.ts';
import { UserInfo } from './user-info.ts';

export interface SsoOptions {
  readonly config: ApiServerConfig;
  readonly settings: ServerSettings;
  readonly access: Access;
  readonly identityProviders: IdentityProviders;
  readonly dexTrust: DexTrust;
  readonly cache: Cache;
  readonly counters: Counters;
  readonly localCounters: Counters;
  readonly cookie: CookieOptions;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Everything about users that an identity provider knows. */
export interface SsoFeature {
  readonly sso: Sso;
  readonly tokens: SsoTokens;
  readonly sessions: SsoSessions;
  readonly login: SsoLogin;
  readonly dex: DexProxy;
  close(): Promise<void>;
}

export function assembleSso(options: SsoOptions): SsoFeature {
  const { config, settings, access, dexTrust, cache, cookie, clock, logger } = options;
  const dexUrl = dexUrlOf(config);
  const sso = new Sso({
    settings,
    providers: options.identityProviders,
    dexUrl,
    dexTrust: dexUrl.startsWith('http:') ? { check: true } : dexTrust,
    federatedTokenFile: config.azureFederatedTokenFile,
    logger,
  });
  const vault = new SessionVault(cache, settings);
  const tokens = new SsoTokens({ sso, userInfo: new UserInfo({ sso, vault, clock }), access });
  const sessions = new SsoSessions({ ...options, sso, vault });
  const login = new SsoLogin({ ...options, sso, tokens, sessions });
  const onFailure = `${cookie.path.replace(/\/$/, '')}/login?has_sso_error=true`;
  const dex = new DexProxy({ url: dexUrl, trust: dexTrust, onFailure, plaintext: config.insecure, logger });
  const close = async (): Promise<void> => {
    await Promise.all([sso.close(), dex.close()]);
  };
  return { sso, tokens, sessions, login, dex, close };
}

/** An address without a scheme is one of TLS, unless it is said to be plaintext. */
const dexUrlOf = ({ dexServer, dexServerPlaintext }: ApiServerConfig): string =>
  /^https?:\/\//.test(dexServer) ? dexServer : `${dexServerPlaintext ? 'http' : 'https'}://${dexServer}`;
