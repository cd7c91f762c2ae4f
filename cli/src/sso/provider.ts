import type { Api } from '../api/api.ts';
import type { ServerSettings } from '../api/schemas/server.ts';
import { Failure } from '../program/failure.ts';

/** The identity provider of a server, as far as a client needs to know it. */
export interface SsoProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Value of the parameter `claims`, or undefined for none. */
  readonly claims: string | undefined;
}

const DEX_CLIENT = 'argo-cd-cli';
const DEFAULT_SCOPES = ['openid', 'profile', 'email', 'groups'];
const DEX_SCOPE = 'federated:id';

/** Fails where the server has no logins by an identity provider. */
export async function providerOf(api: Api): Promise<SsoProvider> {
  const settings = await api.server.settings();
  const provider = ownProvider(settings) ?? dexProvider(settings);
  if (provider !== undefined) return provider;
  throw new Failure(`${api.target.server} has no logins by an identity provider.`, {
    hints: ['Log in with --username and --password instead of --sso.'],
  });
}

function ownProvider({ oidcConfig }: ServerSettings): SsoProvider | undefined {
  const issuer = oidcConfig?.issuer ?? '';
  if (issuer === '') return undefined;
  const scopes = oidcConfig?.scopes ?? [];
  const claims = oidcConfig?.idTokenClaims ?? {};
  return {
    issuer,
    clientId: oidcConfig?.cliClientID || (oidcConfig?.clientID ?? ''),
    scopes: scopes.length === 0 ? DEFAULT_SCOPES : scopes,
    claims: Object.keys(claims).length === 0 ? undefined : JSON.stringify({ id_token: claims }),
  };
}

function dexProvider({ url, dexConfig }: ServerSettings): SsoProvider | undefined {
  if ((dexConfig?.connectors ?? []).length === 0) return undefined;
  return {
    issuer: `${(url ?? '').replace(/\/+$/, '')}/api/dex`,
    clientId: DEX_CLIENT,
    scopes: [...DEFAULT_SCOPES, DEX_SCOPE],
    claims: undefined,
  };
}
