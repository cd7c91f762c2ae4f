import { randomUUID } from 'node:crypto';
import { dump } from 'js-yaml';
import { startIdentityProvider } from '@tiphys/testing/identity-provider';
import type { IdentityProviderOptions, TestIdentityProvider } from '@tiphys/testing/identity-provider';
import { createAuthority } from '@tiphys/testing/pki';
import type { RedisServer } from '@tiphys/testing/redis';
import { vi } from 'vitest';
import { TestServer } from '../../testing/server.ts';
import type { Answer, TestServerOptions } from '../../testing/server.ts';

const WAIT = { timeout: 30_000 };
export const CLIENT_SECRET = 'the-web-secret';

/** What a browser holds. */
export type Cookies = ReadonlyMap<string, string>;

/** A server with a real provider behind it, and a browser that is made of its cookies alone. */
export class SsoStage {
  readonly server: TestServer;
  readonly provider: TestIdentityProvider;
  readonly authority = AUTHORITY.certPem;

  private constructor(server: TestServer, provider: TestIdentityProvider) {
    this.server = server;
    this.provider = provider;
  }

  static async start(options: {
    readonly redis: RedisServer;
    readonly users: IdentityProviderOptions['users'];
    readonly server?: Partial<TestServerOptions>;
    readonly provider?: Partial<IdentityProviderOptions>;
  }): Promise<SsoStage> {
    const server = await TestServer.start({ redis: options.redis, ...options.server });
    const provider = await startIdentityProvider({
      tls: AUTHORITY.issue({ commonName: 'provider', hosts: ['127.0.0.1'], usage: 'server' }),
      clients: [{ id: 'none', redirectUris: ['http://127.0.0.1/unused'] }],
      users: options.users,
      ...options.provider,
    });
    const stage = new SsoStage(server, provider);
    provider.change({ clients: stage.clients() });
    await stage.configure();
    return stage;
  }

  get url(): string {
    return `http://127.0.0.1:${this.server.port}`;
  }

  /** The clients of this server, for the base URLs that it may have. */
  clients(bases: readonly string[] = [this.url]): IdentityProviderOptions['clients'] {
    const redirectUris = bases.map((base) => `${base}/auth/callback`);
    return [
      { id: 'web', secret: CLIENT_SECRET, redirectUris, refreshTokens: true },
      { id: 'cli', redirectUris: ['http://localhost:8085/auth/callback'], refreshTokens: true },
    ];
  }

  /** Sets `oidc.config` and other keys, and waits until they count. */
  async configure(
    oidc: Readonly<Record<string, unknown>> = {},
    data: Readonly<Record<string, string | undefined>> = {},
  ): Promise<void> {
    const { server } = this;
    const config = {
      name: 'Test',
      issuer: this.provider.issuer,
      clientID: 'web',
      cliClientID: 'cli',
      clientSecret: '$oidc.secret',
      rootCA: this.authority,
      ...oidc,
    };
    const secret = `/api/v1/namespaces/${server.namespace.name}/secrets/argocd-secret`;
    const stringData = { 'oidc.secret': CLIENT_SECRET };
    await server.kube.request('PATCH', secret, { stringData }, 'application/merge-patch+json');
    const mark = `mark-${randomUUID()}`;
    const marked = {
      'oidc.config': dump(config),
      url: this.url,
      'ui.cssurl': mark,
      additionalUrls: undefined,
    };
    await server.configure('argocd-cm', { ...marked, ...data });
    await vi.waitFor(async () => {
      const { json } = await server.send('GET', '/api/v1/settings');
      if (json['uiCssURL'] !== mark) throw new Error('the settings have not come yet');
    }, WAIT);
  }

  get(path: string, cookies: Cookies = new Map(), headers: Record<string, string> = {}): Promise<Answer> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return this.server.send('GET', path, { headers: { ...headers, ...(cookie === '' ? {} : { cookie }) } });
  }

  /** The way to the provider's page. */
  async begin(
    query = '',
  ): Promise<{ readonly answer: Answer; readonly location: string; readonly cookies: Map<string, string> }> {
    const answer = await this.get(`/auth/login${query}`);
    const cookies = new Map<string, string>();
    keep(answer, cookies);
    return { answer, location: answer.headers.get('location') ?? '', cookies };
  }

  /** A whole login. */
  async logIn(
    user: string,
    query = '',
  ): Promise<{ readonly answer: Answer; readonly cookies: Map<string, string>; readonly callback: string }> {
    const { location, cookies } = await this.begin(query);
    const callback = await this.provider.logIn(location, user);
    const answer = await this.get(pathIn(callback), cookies);
    keep(answer, cookies);
    return { answer, cookies, callback: pathIn(callback) };
  }

  async userInfo(cookies: Cookies): Promise<Readonly<Record<string, unknown>>> {
    return (await this.get('/api/v1/session/userinfo', cookies)).json;
  }

  async stop(): Promise<void> {
    await this.provider.stop();
    await this.server.stop();
  }
}

const AUTHORITY = createAuthority('Test CA');

export const pathIn = (url: string): string => {
  const { pathname, search } = new URL(url);
  return `${pathname}${search}`;
};

/** Keeps the cookies of an answer as browsers do. */
export function keep(answer: Answer, cookies: Map<string, string>): void {
  for (const line of answer.headers.getSetCookie()) {
    const [pair = ''] = line.split(';');
    const at = pair.indexOf('=');
    const name = pair.slice(0, at);
    if (/max-age=0/i.test(line)) cookies.delete(name);
    else cookies.set(name, pair.slice(at + 1));
  }
}
