import type { AccountClaims, ClientMetadata, Configuration } from 'oidc-provider';
import type { SigningKey } from './signing-key.ts';
import type { IdentityProviderOptions, TestUser } from './server.ts';

const SECOND = 1;
const HOUR = 3_600 * SECOND;

/** The provider that serves what a test asks for: its clients, its users, and their groups in ID tokens. */
export const configurationOf = (
  options: IdentityProviderOptions,
  keys: readonly SigningKey[],
  loginPath: (uid: string) => string,
): Configuration => ({
  clients: options.clients.map(clientOf),
  jwks: { keys: keys.map(({ jwk }) => jwk) },
  conformIdTokenClaims: false,
  clientBasedCORS: () => false,
  claims: {
    openid: ['sub'],
    email: ['email', 'email_verified'],
    profile: ['name', 'preferred_username'],
    groups: ['groups'],
    'federated:id': ['federated_claims'],
  },
  scopes: ['openid', 'offline_access', 'email', 'profile', 'groups', 'federated:id'],
  features: {
    devInteractions: { enabled: false },
    userinfo: { enabled: true },
    claimsParameter: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  pkce: { required: () => false },
  interactions: { url: (_context, { uid }) => loginPath(uid) },
  ttl: {
    AccessToken: HOUR,
    AuthorizationCode: 60 * SECOND,
    Grant: 24 * HOUR,
    IdToken: options.idTokenSeconds ?? HOUR,
    Interaction: HOUR,
    RefreshToken: 24 * HOUR,
    Session: HOUR,
  },
  issueRefreshToken: (_context, client) => Promise.resolve(client.grantTypeAllowed('refresh_token')),
  cookies: { keys: ['only for tests'], short: { path: '/' } },
  findAccount: (_context, sub) => ({
    accountId: sub,
    claims: () =>
      claimsOf(
        sub,
        options.users.find((user) => user.name === sub),
      ),
  }),
});

const clientOf = (client: IdentityProviderOptions['clients'][number]): ClientMetadata => ({
  client_id: client.id,
  ...(client.secret === undefined
    ? { token_endpoint_auth_method: 'none' as const }
    : { client_secret: client.secret }),
  redirect_uris: [...client.redirectUris],
  post_logout_redirect_uris: [],
  grant_types: ['authorization_code', ...(client.refreshTokens === true ? ['refresh_token'] : [])],
  response_types: ['code'],
  ...(client.redirectUris.every((uri) => uri.startsWith('https:'))
    ? {}
    : { application_type: 'native' as const }),
});

const claimsOf = (sub: string, user: TestUser | undefined): AccountClaims => ({
  sub,
  email: `${sub}@example.com`,
  email_verified: true,
  name: sub,
  preferred_username: sub,
  ...(user?.groups === undefined ? {} : { groups: [...user.groups] }),
  ...user?.claims,
});
