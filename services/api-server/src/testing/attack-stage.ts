import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { TestServer, appNamed } from './server.ts';
import type { Answer } from './server.ts';

export const WAIT = { timeout: 30_000 };
export const APPS = '/api/v1/applications';
/** An Application that the caller with few rights may not see. */
export const HIDDEN = 'hidden-of-another-tenant';

/** A server of two tenants for a spec file of attacks. After the last one it has to serve still, without a fault in its log. */
export class AttackStage {
  #redis: RedisServer | undefined;
  #server: TestServer | undefined;
  readonly log: string[] = [];
  admin = '';
  /** The token of an account that may see its own project alone. */
  poor = '';

  constructor() {
    beforeAll(async () => {
      this.#redis = await startRedis();
      this.#server = await TestServer.start({ redis: this.#redis, log: this.log });
      this.admin = await this.server.login();
      await this.#declareTenants();
    });
    afterAll(async () => {
      expect((await this.send('GET', APPS, this.admin)).status, 'the server still serves').toBe(200);
      expect(({} as Record<string, unknown>)['polluted'], 'no prototype was changed').toBeUndefined();
      expect(
        this.log.filter((line) => line.includes('"msg":"call failed"')),
        'no fault of ours',
      ).toEqual([]);
      await this.#server?.stop();
      await this.#redis?.stop();
    });
  }

  get server(): TestServer {
    return ready(this.#server);
  }

  get redis(): RedisServer {
    return ready(this.#redis);
  }

  send(method: string, path: string, token?: string, body?: unknown): Promise<Answer> {
    return this.server.send(method, path, {
      ...(token === undefined ? {} : { token }),
      ...(body === undefined ? {} : { body }),
    });
  }

  /** A request whose path goes out as it is written. */
  rawPath(
    path: string,
    token: string,
    verb = 'GET',
  ): Promise<{ readonly status: number; readonly text: string }> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const where = { host: '127.0.0.1', port: this.server.port, path };
      const options = { ...where, method: verb, headers, agent: false as const, setHost: true };
      const request = httpRequest(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
        );
      });
      request.on('error', reject);
      request.end();
    });
  }

  async tokenOf(path: string, body: Readonly<Record<string, unknown>> = {}): Promise<string> {
    return String((await this.send('POST', path, this.admin, body)).json['token']);
  }

  async #declareTenants(): Promise<void> {
    await this.server.configure('argocd-cm', {
      'accounts.poor': 'apiKey',
      'accounts.other': 'apiKey, login',
    });
    await this.server.configure('argocd-rbac-cm', {
      'policy.csv': 'p, poor, applications, *, mine/*, allow\np, other, applications, get, */*, allow',
    });
    await this.#becomes(200, () => this.send('GET', '/api/v1/account/poor', this.admin));
    this.poor = await this.tokenOf('/api/v1/account/poor/token');
    for (const name of ['mine', 'theirs']) {
      const spec = { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] };
      const roles = [{ name: 'ci', policies: [`p, proj:${name}:ci, applications, get, ${name}/*, allow`] }];
      const project = { metadata: { name }, spec: { ...spec, roles } };
      await this.send('POST', '/api/v1/projects', this.admin, { project });
    }
    const body = appNamed(HIDDEN, { project: 'theirs' });
    await this.#becomes(200, () => this.send('POST', `${APPS}?validate=false`, this.admin, body));
    await this.#becomes(200, () => this.send('GET', `${APPS}/${HIDDEN}`, this.admin));
  }

  async #becomes(status: number, ask: () => Promise<Answer>): Promise<void> {
    await vi.waitFor(async () => expect((await ask()).status).toBe(status), WAIT);
  }
}

function ready<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('the stage is set up before the first test');
  return part;
}
