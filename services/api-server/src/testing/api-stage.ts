import { afterAll, beforeAll, expect } from 'vitest';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { TestServer, appNamed } from './server.ts';

export const v1 = '/api/v1/applications';

/** A server for a spec file, its admin logged in, and a repository whose path `web` holds two objects. */
export class ApiStage {
  #redis: RedisServer | undefined;
  #server: TestServer | undefined;
  #token = '';

  constructor() {
    beforeAll(async () => {
      this.#redis = await startRedis();
      this.#server = await TestServer.start({ redis: this.#redis });
      this.server.repoServer.paths['web'] = [
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { color: 'blue' } },
        {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 'login' },
          stringData: { password: 'hunter2' },
        },
      ];
      this.#token = await this.server.login();
    });
    afterAll(async () => {
      await this.#server?.stop();
      await this.#redis?.stop();
    });
  }

  get redis(): RedisServer {
    return ready(this.#redis);
  }

  get server(): TestServer {
    return ready(this.#server);
  }

  get token(): string {
    return this.#token;
  }

  get(path: string): ReturnType<TestServer['send']> {
    return this.server.send('GET', path, { token: this.token });
  }

  post(path: string, body: unknown): ReturnType<TestServer['send']> {
    return this.server.send('POST', path, { token: this.token, body });
  }

  async create(name: string, spec = {}, query = ''): Promise<void> {
    const { status, text } = await this.post(`${v1}${query}`, appNamed(name, spec));
    expect(text).toContain(`"name":"${name}"`);
    expect(status).toBe(200);
  }
}

function ready<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('the stage is set up before the first test');
  return part;
}
