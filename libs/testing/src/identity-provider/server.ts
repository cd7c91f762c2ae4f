import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Provider } from 'oidc-provider';
import type { Identity } from '../pki/index.ts';
import { configurationOf } from './configuration.ts';
import { logInWithoutBrowser } from './headless.ts';
import { newSigningKey, type SigningKey } from './signing-key.ts';

export interface TestUser {
  /** Name at the login page, and the `sub` of tokens. */
  readonly name: string;
  readonly groups?: readonly string[];
  /** Further claims. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

export interface TestClient {
  readonly id: string;
  /** A public client has none. */
  readonly secret?: string;
  readonly redirectUris: readonly string[];
  readonly refreshTokens?: boolean;
}

export interface IdentityProviderOptions {
  readonly clients: readonly TestClient[];
  readonly users: readonly TestUser[];
  /** Served over TLS with this; else plaintext. */
  readonly tls?: Identity;
  readonly idTokenSeconds?: number;
  /** The issuer as clients know it, where that is not the server's own address (behind a proxy). */
  readonly issuer?: string;
}

/** What the server does with a request instead of serving it. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => void;

/** A real OpenID Connect provider on the loopback. Its login page asks for a name only. */
export interface TestIdentityProvider {
  /** Without a path, unless an issuer was given. */
  readonly issuer: string;
  /** `host:port` */
  readonly address: string;
  /** Method and path of every request, oldest first. */
  readonly requests: readonly string[];
  /** Other clients or users from now on; nobody is logged in any more. */
  change(
    options: Partial<Pick<IdentityProviderOptions, 'clients' | 'users' | 'idTokenSeconds' | 'issuer'>>,
  ): void;
  /** Signs with a new key and forgets the old ones. */
  rotateKeys(): Promise<void>;
  /** A token signed as the provider signs; `exp`, `iat`, `iss` have good values unless given. */
  sign(
    claims: Readonly<Record<string, unknown>>,
    header?: Readonly<Record<string, unknown>>,
  ): Promise<string>;
  /** Serves requests whose path begins so with a fault, until told `undefined`. */
  fault(pathPrefix: string, fault: Fault | undefined): void;
  /** Follows a login from the provider's page on, as a browser does; resolves to where it is sent back to. */
  logIn(authorizationUrl: string, user: string): Promise<string>;
  stop(): Promise<void>;
}

const LOGIN = '/login-page/';

export async function startIdentityProvider(first: IdentityProviderOptions): Promise<TestIdentityProvider> {
  let options = first;
  const faults = new Map<string, Fault>();
  const requests: string[] = [];
  let key: SigningKey = await newSigningKey('key-1');
  let keys = 1;
  let serve: RequestListener = (_request, response) => response.end();
  const server = listener(options.tls, (request, response) => {
    const path = request.url ?? '/';
    requests.push(`${request.method ?? ''} ${path}`);
    const fault = [...faults].find(([prefix]) => path.startsWith(prefix))?.[1];
    (fault ?? serve)(request, response);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const own = `${options.tls === undefined ? 'http' : 'https'}://${address}`;
  const issuerOf = (): string => options.issuer ?? own;
  const build = (): void => void (serve = handlerOf(issuerOf(), options, key));
  build();
  return {
    get issuer() {
      return issuerOf();
    },
    address,
    requests,
    change: (changes) => {
      options = { ...options, ...changes };
      build();
    },
    rotateKeys: async () => {
      key = await newSigningKey(`key-${++keys}`);
      build();
    },
    sign: (claims, header) => {
      const now = Math.floor(Date.now() / 1_000);
      return key.sign({ iss: issuerOf(), iat: now, exp: now + 3_600, ...claims }, header);
    },
    fault: (prefix, fault) => void (fault === undefined ? faults.delete(prefix) : faults.set(prefix, fault)),
    logIn: (url, user) => logInWithoutBrowser(url, user),
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

const listener = (tls: Identity | undefined, handle: RequestListener): Server =>
  tls === undefined
    ? createHttpServer(handle)
    : createHttpsServer({ cert: tls.certPem, key: tls.keyPem }, handle);

/** The provider below the path of its issuer. It writes the addresses of its pages by the issuer, whoever asks. */
function handlerOf(issuer: string, options: IdentityProviderOptions, key: SigningKey): RequestListener {
  const { host, protocol, pathname } = new URL(issuer);
  const mount = pathname.replace(/\/$/, '');
  const loginPath = (uid: string): string => `${mount}${LOGIN}${uid}`;
  const provider = new Provider(issuer, configurationOf(options, [key], loginPath));
  provider.proxy = true;
  const serve = provider.callback();
  return (request, response) => {
    request.headers.host = host;
    request.headers['x-forwarded-proto'] = protocol.slice(0, -1);
    delete request.headers['x-forwarded-host'];
    const url = request.url ?? '/';
    if (!url.startsWith(`${mount}/`)) return void response.writeHead(404).end();
    const inside = url.slice(mount.length);
    if (inside.startsWith(LOGIN)) return void loginPage(provider, request, response);
    Object.assign(request, { originalUrl: url, url: inside });
    void serve(request, response);
  };
}

/** Asks for a name, then agrees to everything that the client wants. */
async function loginPage(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const details = await provider.interactionDetails(request, response);
    const name =
      request.method === 'POST'
        ? (new URLSearchParams(await text(request)).get('name') ?? '')
        : details.session?.accountId;
    if (name === undefined || name === '') return form(response);
    const clientId = String(details.params['client_id']);
    const grant = new provider.Grant({ accountId: name, clientId });
    const { scope } = details.params;
    grant.addOIDCScope(typeof scope === 'string' ? scope : 'openid');
    const result = { login: { accountId: name }, consent: { grantId: await grant.save() } };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
  } catch (error) {
    response.writeHead(400).end(String(error));
  }
}

function form(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end(
    '<!doctype html><title>Log in</title><form method="post"><label>Name <input name="name"></label><button>Log in</button></form>',
  );
}
