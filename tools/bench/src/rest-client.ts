import { Agent, request } from 'undici';

/** Calls the REST API over kept-alive connections. */
export class RestClient {
  readonly #url: string;
  readonly #token: string;
  readonly #agent: Agent;

  constructor(url: string, token: string, agent: Agent) {
    this.#url = url;
    this.#token = token;
    this.#agent = agent;
  }

  static async login(url: string, password: string): Promise<RestClient> {
    const agent = new Agent({ connect: { rejectUnauthorized: false } });
    const { statusCode, body } = await request(`${url}/api/v1/session`, {
      method: 'POST',
      dispatcher: agent,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password }),
    });
    const answer = (await body.json()) as { token?: string; message?: string };
    if (answer.token === undefined)
      throw new Error(`login at ${url} failed with ${statusCode}: ${answer.message ?? ''}`);
    return new RestClient(url, answer.token, agent);
  }

  /** Milliseconds that a GET took, its whole body read. */
  async timedGet(path: string): Promise<number> {
    const before = performance.now();
    const { statusCode, body } = await request(this.#url + path, {
      dispatcher: this.#agent,
      headers: { authorization: `Bearer ${this.#token}` },
    });
    await body.dump({ limit: Number.MAX_SAFE_INTEGER });
    if (statusCode !== 200) throw new Error(`GET ${path} answered ${statusCode}`);
    return performance.now() - before;
  }
}
