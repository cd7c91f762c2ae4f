import { isJsonObject } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import type { SsoSettings } from '@tiphys/settings';

/**
 * What clients are told of the identity provider: enough for a code flow of their own, nothing that is secret
 * (wire/messages.tsv, OIDCConfig and DexConfig).
 */
export function shownSso(
  sso: SsoSettings | undefined,
  connectors: readonly { readonly name: string; readonly type: string }[],
): JsonObject {
  return {
    ...(connectors.length === 0 ? {} : { dexConfig: { connectors: connectors.map((one) => ({ ...one })) } }),
    ...(sso?.kind === 'oidc' ? { oidcConfig: oidcConfigOf(sso) } : {}),
  };
}

function oidcConfigOf(sso: SsoSettings): JsonObject {
  const claims = Object.entries(sso.idTokenClaims).flatMap(([name, claim]) =>
    isJsonObject(claim) || claim === null ? [[name, claimOf(claim ?? {})] as const] : [],
  );
  return {
    name: sso.name,
    issuer: sso.issuer,
    clientID: sso.clientId,
    cliClientID: sso.cliClientId,
    scopes: [...sso.scopes],
    ...(claims.length === 0 ? {} : { idTokenClaims: Object.fromEntries(claims) }),
    enablePKCEAuthentication: sso.pkceInClients,
  };
}

const claimOf = ({ essential, value, values }: JsonObject): JsonObject => ({
  ...(essential === true ? { essential } : {}),
  ...(typeof value === 'string' ? { value } : {}),
  ...(Array.isArray(values)
    ? { values: (values as readonly JsonValue[]).filter((one) => typeof one === 'string') }
    : {}),
});
