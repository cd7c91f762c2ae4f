import { isJsonObject } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';

/** How users of an identity provider log in. */
export interface SsoSettings {
  readonly kind: 'oidc' | 'dex';
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly cliClientId: string;
  /** Empty for a public client. */
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  readonly idTokenClaims: JsonObject;
  readonly audiences: readonly string[];
  readonly allowNoAudience: boolean;
  readonly rootCa: string;
  /** With `{{token}}` and `{{logoutRedirectURL}}`; empty for none. */
  readonly logoutUrl: string;
  readonly domainHint: string;
  /** Clients of this server do the code flow themselves. */
  readonly pkceInClients: boolean;
  readonly useWorkloadIdentity: boolean;
  /** Where groups are asked for, besides the token; undefined where they are not. An empty URL: as the provider tells. */
  readonly userInfo: { readonly url: string; readonly cacheText: string } | undefined;
  /** How long before its end a token is renewed, as written; empty for never. */
  readonly refreshThresholdText: string;
}

export interface SsoSources {
  readonly readYaml: (text: string) => JsonValue;
  /** The value that a reference such as `$oidc.secret` or `$secret:key` stands for, without its `$`. */
  readonly secretOf: (reference: string) => string | undefined;
  /** The secret of this server at Dex. */
  readonly dexSecret: string;
}

const DEFAULT_SCOPES = ['openid', 'profile', 'email', 'groups'];
const DEX_PATH = '/api/dex';
export const DEX_CLIENT = 'argo-cd';
export const DEX_CLI_CLIENT = 'argo-cd-cli';
const DEX_SCOPE = 'federated:id';

/**
 * What `argocd-cm` says of logins by an identity provider: `oidc.config`, else `dex.config` with any connectors; both need
 * `url`. Undefined where there is none (wire/config.tsv).
 * @throws TiphysError `invalid` where the YAML cannot be read.
 */
export function parseSso(
  data: Readonly<Record<string, string>>,
  sources: SsoSources,
): SsoSettings | undefined {
  const url = withoutSlash(data['url'] ?? '');
  if (url === '') return undefined;
  const given = readObject(data['oidc.config'], sources);
  if (given !== undefined && text(given, 'issuer') !== '')
    return oidcSettings(withSecrets(given, sources.secretOf));
  return dexConnectors(data, sources.readYaml).length === 0 ? undefined : dexSettings(url, sources.dexSecret);
}

/** The connectors of `dex.config`, as clients are told of them. @throws TiphysError `invalid` */
export function dexConnectors(
  data: Readonly<Record<string, string>>,
  readYaml: SsoSources['readYaml'],
): readonly { readonly name: string; readonly type: string }[] {
  const connectors = readObject(data['dex.config'], { readYaml })?.['connectors'];
  if (!Array.isArray(connectors)) return [];
  return (connectors as readonly JsonValue[])
    .filter(isJsonObject)
    .map((one) => ({ name: text(one, 'name'), type: text(one, 'type') }));
}

/** The base URLs of the installation, the main one first; none ends with a slash. @throws TiphysError `invalid` */
export function baseUrls(
  data: Readonly<Record<string, string>>,
  readYaml: SsoSources['readYaml'],
): readonly string[] {
  const more = (data['additionalUrls'] ?? '').trim() === '' ? [] : readYaml(data['additionalUrls'] ?? '');
  return [data['url'] ?? '', ...texts(more)].map(withoutSlash).filter((url) => url !== '');
}

function oidcSettings(given: JsonObject): SsoSettings {
  const clientId = text(given, 'clientID');
  const cliClientId = text(given, 'cliClientID');
  const scopes = texts(given['requestedScopes']);
  const audiences = texts(given['allowedAudiences']);
  const azure = isJsonObject(given['azure']) ? given['azure'] : {};
  return {
    kind: 'oidc',
    name: text(given, 'name'),
    issuer: text(given, 'issuer'),
    clientId,
    cliClientId,
    clientSecret: text(given, 'clientSecret'),
    scopes: scopes.length === 0 ? DEFAULT_SCOPES : scopes,
    idTokenClaims: isJsonObject(given['requestedIDTokenClaims']) ? given['requestedIDTokenClaims'] : {},
    audiences: audiences.length > 0 ? audiences : [clientId, cliClientId].filter((id) => id !== ''),
    allowNoAudience: given['skipAudienceCheckWhenTokenHasNoAudience'] === true,
    rootCa: text(given, 'rootCA'),
    logoutUrl: text(given, 'logoutURL'),
    domainHint: text(given, 'domainHint'),
    pkceInClients: given['enablePKCEAuthentication'] === true,
    useWorkloadIdentity: azure['useWorkloadIdentity'] === true,
    userInfo: userInfoOf(given),
    refreshThresholdText: text(given, 'refreshTokenThreshold'),
  };
}

function userInfoOf(given: JsonObject): SsoSettings['userInfo'] {
  if (given['enableUserInfoGroups'] !== true) return undefined;
  const base = withoutSlash(text(given, 'userInfoBaseURL') || text(given, 'issuer'));
  const path = text(given, 'userInfoPath');
  return {
    url: path === '' ? '' : `${base}/${path.replace(/^\/+/, '')}`,
    cacheText: text(given, 'userInfoCacheExpiration'),
  };
}

const dexSettings = (url: string, clientSecret: string): SsoSettings => ({
  kind: 'dex',
  name: 'Dex',
  issuer: `${url}${DEX_PATH}`,
  clientId: DEX_CLIENT,
  cliClientId: DEX_CLI_CLIENT,
  clientSecret,
  scopes: [...DEFAULT_SCOPES, DEX_SCOPE],
  idTokenClaims: {},
  audiences: [DEX_CLIENT, DEX_CLI_CLIENT],
  allowNoAudience: false,
  rootCa: '',
  logoutUrl: '',
  domainHint: '',
  pkceInClients: false,
  useWorkloadIdentity: false,
  userInfo: undefined,
  refreshThresholdText: '',
});

/** A text that is `$reference` becomes what it stands for; one that stands for nothing stays as it is written. */
function withSecrets(value: JsonObject, secretOf: SsoSources['secretOf']): JsonObject {
  const resolved = (one: JsonValue | undefined): JsonValue | undefined => {
    if (typeof one === 'string') return one.startsWith('$') ? (secretOf(one.slice(1).trim()) ?? one) : one;
    if (Array.isArray(one)) return (one as readonly JsonValue[]).map((each) => resolved(each) ?? null);
    return isJsonObject(one) ? withSecrets(one, secretOf) : one;
  };
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolved(one)]));
}

function readObject(
  written: string | undefined,
  { readYaml }: Pick<SsoSources, 'readYaml'>,
): JsonObject | undefined {
  const value = written === undefined || written.trim() === '' ? undefined : readYaml(written);
  return isJsonObject(value) ? value : undefined;
}

const withoutSlash = (url: string): string => url.trim().replace(/\/+$/, '');

const text = (object: JsonObject, key: string): string => {
  const value = object[key];
  return typeof value === 'string' ? value : '';
};

const texts = (value: JsonValue | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
