import { createPublicKey, generateKeyPairSync, randomUUID, verify } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHttpFetcher, type ClosableHttpFetcher } from '@tiphys/adapter-http';
import { createProcessRunner, type ProcessRunner } from '@tiphys/adapter-process';
import type { CloudLogin, Repository } from '@tiphys/model';
import { startGitServer, type GitServer } from '@tiphys/testing/git-server';
import { privateFolder, type PrivateFolder } from '@tiphys/testing/processes';
import { createGitSource, type GitAdapter } from '../index.ts';
import { createCloudLogins, type CloudLogins } from './logins.ts';

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PRIVATE_KEY = keys.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const APP = '4711';
const HOUR_MS = 3_600_000;

/** A service that gives tokens for proofs that it checks, and knows which of them are good. */
class TokenService {
  readonly #server: Server;
  readonly asked: string[] = [];
  readonly good = new Set<string>();
  now = (): number => 0;
  secret = 'azure-client-secret';

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<TokenService> {
    const server = createServer();
    const service = new TokenService(server);
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  #fresh(): string {
    const token = `token-${randomUUID()}`;
    this.good.add(token);
    return token;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    this.asked.push(`${request.method ?? ''} ${path}`);
    const form = new URLSearchParams(await text(request));
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    const proof = (request.headers.authorization ?? '').replace('Bearer ', '');
    const refused = (): void => answer(401, { message: `bad credentials: ${proof}` });
    if (path.startsWith('/api/v3')) {
      const claims = this.#claims(proof);
      if (claims?.['iss'] !== APP || Number(claims['exp']) - Number(claims['iat']) > 600) return refused();
      if (path === '/api/v3/repos/apps.git/x/installation') return answer(404, {});
      if (/^\/api\/v3\/repos\/[^/]+\/[^/]+\/installation$/u.test(path)) return answer(200, { id: 12 });
      if (!path.endsWith('/app/installations/12/access_tokens')) return answer(404, {});
      const expires = new Date(this.now() + HOUR_MS).toISOString();
      return answer(201, { token: this.#fresh(), expires_at: expires });
    }
    if (path === '/google') {
      const claims = this.#claims(form.get('assertion') ?? '');
      if (claims?.['aud'] !== `${this.url}/google`) return refused();
      return answer(200, { access_token: this.#fresh(), expires_in: 3_600 });
    }
    if (path === '/tenant/oauth2/v2.0/token') {
      const bySecret = form.get('client_secret') === this.secret;
      const byToken = form.get('client_assertion') === 'federated';
      if (form.get('client_id') !== 'client' || !(bySecret || byToken)) return refused();
      return answer(200, { access_token: this.#fresh(), expires_in: '3600' });
    }
    answer(404, {});
  }

  /** The claims of a proof whose signature and times are good. */
  #claims(proof: string): Record<string, unknown> | undefined {
    const [head = '', body = '', signature = ''] = proof.split('.');
    const key = createPublicKey(keys.publicKey.export({ type: 'spki', format: 'pem' }));
    const signed = Buffer.from(`${head}.${body}`);
    if (!verify('RSA-SHA256', signed, key, Buffer.from(signature, 'base64url'))) return undefined;
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
    const now = this.now() / 1_000;
    return Number(claims['iat']) <= now && now < Number(claims['exp']) ? claims : undefined;
  }
}

let folder: PrivateFolder;
let runner: ProcessRunner;
let http: ClosableHttpFetcher;
let service: TokenService;
let git: GitServer;
let adapter: GitAdapter;
let logins: CloudLogins;
let sha: string;
let now = Date.UTC(2026, 0, 1);
const environment: Record<string, string> = {};

beforeAll(async () => {
  folder = await privateFolder('logins');
  runner = await createProcessRunner({ path: '/usr/bin:/bin', directory: join(folder.path, 'runs') });
  http = createHttpFetcher();
  service = await TokenService.start();
  service.now = () => now;
  git = await startGitServer({ accepts: (password) => service.good.has(password) });
  sha = await git.createRepo('apps', { 'a.yaml': 'a: 1\n' });
  logins = createCloudLogins({ http, clock: { now: () => now }, environment });
  adapter = await createGitSource({
    runner,
    directory: join(folder.path, 'work'),
    versions: { maxSatisfying: () => Promise.resolve(undefined) },
    logins,
  });
});
beforeEach(() => {
  service.asked.length = 0;
  service.good.clear();
  now += 24 * HOUR_MS;
});
afterAll(async () => {
  await adapter.close();
  await Promise.all([git.close(), service.stop(), http.close()]);
  await runner.close();
  await folder.remove();
});

const repository = (cloudLogin: CloudLogin): Repository => ({
  url: git.url('apps'),
  type: 'git',
  cloudLogin,
});
const gitHub = (more: object = {}): Repository =>
  repository({
    type: 'github-app',
    appId: APP,
    installationId: '12',
    privateKey: PRIVATE_KEY,
    apiUrl: `${service.url}/api/v3/`,
    ...more,
  });
const google = (more: object = {}): Repository => {
  const key = {
    type: 'service_account',
    client_email: 'ci@project.example.com',
    private_key: PRIVATE_KEY,
    private_key_id: 'k1',
    token_uri: `${service.url}/google`,
    ...more,
  };
  return repository({ type: 'google', serviceAccountKey: JSON.stringify(key) });
};
const principal = (more: object = {}): Repository =>
  repository({
    type: 'azure-service-principal',
    clientId: 'client',
    clientSecret: service.secret,
    tenantId: 'tenant',
    endpoint: service.url,
    ...more,
  });

const head = async (asked: Repository): Promise<string> => (await adapter.refs(asked, 0)).head;

describe('a login by a token service', () => {
  it.each<[string, () => Repository]>([
    ['GitHub App', () => gitHub()],
    ['Google service account', () => google()],
    ['Azure service principal', () => principal()],
  ])(
    'opens a repository for a %s, and its token serves until shortly before its end',
    async (_name, asked) => {
      expect(await head(asked())).toBe(sha);
      await adapter.fetch(asked(), sha);
      await Promise.all([head(asked()), head(asked())]);
      expect(service.asked).toHaveLength(1);
      now += HOUR_MS - 301_000;
      await head(asked());
      expect(service.asked).toHaveLength(1);
      now += 2_000;
      await head(asked());
      expect(service.asked).toHaveLength(2);
    },
  );

  it('opens a repository for the identity of the pod', async () => {
    const asked = repository({ type: 'azure-workload-identity' });
    await expect(head(asked)).rejects.toMatchObject({ code: 'failed-precondition' });
    const file = join(folder.path, 'federated');
    await writeFile(file, 'federated\n');
    Object.assign(environment, {
      AZURE_CLIENT_ID: 'client',
      AZURE_TENANT_ID: 'tenant',
      AZURE_FEDERATED_TOKEN_FILE: file,
      AZURE_AUTHORITY_HOST: `${service.url}/`,
    });
    expect(await head(asked)).toBe(sha);
  });

  it('asks which installation a repository belongs to where none is named', async () => {
    const { installationId: _id, ...login } = gitHub().cloudLogin as Extract<
      CloudLogin,
      { type: 'github-app' }
    >;
    const url = git.url('apps').replace(/[^/]+$/u, 'team/web.git');
    const token = (await logins.loggedIn({ url, type: 'git', cloudLogin: login })).password ?? '';
    expect(service.good).toContain(token);
    const [asked] = service.asked;
    expect(asked).toMatch(/^GET \/api\/v3\/repos\/[^/]+\/[^/]+\/installation$/u);
  });

  it('gets a new token where the known one was taken back', async () => {
    await head(gitHub());
    service.good.clear();
    expect(await head(gitHub())).toBe(sha);
    expect(service.asked).toHaveLength(2);
  });

  it('is shared by parallel askers, and by no other login', async () => {
    await Promise.all([head(gitHub()), head(gitHub()), head(principal())]);
    expect(service.asked).toHaveLength(2);
    await head(gitHub({ apiUrl: `${service.url}/api/v3` }));
    expect(service.asked).toHaveLength(3);
  });

  it('is tried anew after a refusal, which tells nothing of the proof', async () => {
    const wrong = gitHub({ appId: '1' });
    const failure = await head(wrong).catch((error: unknown) => String(error));
    expect(failure).toMatch(/authentication required: 127\.0\.0\.1:\d+ gives no token: .* status 401/u);
    expect(failure).not.toContain('eyJ');
    await expect(head(principal({ clientSecret: 'wrong' }))).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  it.each<[string, () => Repository, RegExp]>([
    [
      'a key that is none',
      () => gitHub({ privateKey: 'my key' }),
      /^githubAppPrivateKey is no RSA private key/u,
    ],
    [
      'no JSON',
      () => repository({ type: 'google', serviceAccountKey: 'my key' }),
      /is no JSON key of a Google/u,
    ],
    ['plain http', () => principal({ endpoint: 'http://10.0.0.1' }), /must begin with https/u],
    [
      'a link-local address',
      () => google({ token_uri: 'http://169.254.169.254/x' }),
      /must begin with https/u,
    ],
    ['a login in an address', () => gitHub({ apiUrl: 'https://a:b@host/' }), /hold no login/u],
  ])('refuses %s without quoting it', async (_name, asked, message) => {
    const failure = await head(asked()).catch((error: unknown) => (error as Error).message);
    expect(failure).toMatch(message);
    expect(failure).not.toContain('my key');
  });

  it('never stands in the arguments of git, and names other mirrors than another login', async () => {
    const seen: string[] = [];
    const spying = await createGitSource({
      runner: {
        run: (command) => (seen.push(command.args.join(' ')), runner.run(command)),
        start: (command) => runner.start(command),
      },
      directory: join(folder.path, 'spied'),
      versions: { maxSatisfying: () => Promise.resolve(undefined) },
      logins,
    });
    await spying.fetch(gitHub(), sha);
    await spying.close();
    const [token = ''] = [...service.good];
    expect(token).not.toBe('');
    expect(seen.join('\n')).not.toContain(token);
    expect(seen.join('\n')).not.toContain(Buffer.from(`x-access-token:${token}`).toString('base64'));
  });
});
