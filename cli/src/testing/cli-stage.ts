import { afterEach, beforeEach } from 'vitest';
import { appOf } from './apps.ts';
import { FixtureServer, refusal, type Answering, type FixtureAnswer } from './fixture-server.ts';
import { Cli } from './run-cli.ts';

export const TOKEN = `x.${Buffer.from(JSON.stringify({ sub: 'admin:login' })).toString('base64url')}.y`;

/** The CLI and a server that answers as each test says; both new for each test of a spec file. */
export class CliStage {
  answers: Record<string, FixtureAnswer | Answering> = {};
  #cli: Cli | undefined;
  #server: FixtureServer | undefined;

  constructor() {
    beforeEach(async () => {
      this.#cli = await Cli.create();
      this.answers = {
        'GET /api/version': { body: { Version: 'v3.5.1' } },
        'POST /api/v1/session': { body: { token: TOKEN } },
        'GET /api/v1/settings': { body: { url: 'https://cd.example.com' } },
        'GET /api/v1/projects/default': { body: { spec: {} } },
        'GET /api/v1/applications': { body: { items: [appOf()] } },
        'GET /api/v1/applications/shop': { body: appOf() },
      };
      this.#server = await FixtureServer.start((request) => {
        const answer = this.answers[`${request.method} ${request.path}`];
        const given = answer ?? refusal(5, `no ${request.path} here`);
        return typeof given === 'function' ? given(request) : given;
      });
    });
    afterEach(async () => {
      await this.#server?.stop();
      await this.#cli?.remove();
    });
  }

  get cli(): Cli {
    return ready(this.#cli);
  }

  get server(): FixtureServer {
    return ready(this.#server);
  }

  /** Another server in its place; the first one has to be stopped before. */
  set server(server: FixtureServer) {
    this.#server = server;
  }

  login(...more: readonly string[]): ReturnType<Cli['run']> {
    const { address } = this.server;
    const credentials = ['--username', 'admin', '--password', 'secret-1'];
    return this.cli.run(['login', address, '--plaintext', ...credentials, ...more]);
  }

  onServer(...args: readonly string[]): ReturnType<Cli['run']> {
    return this.cli.run([...args, '--server', this.server.address, '--plaintext', '--auth-token', TOKEN]);
  }
}

function ready<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('the stage is set up before each test');
  return part;
}
