import { Agent, request, type Dispatcher } from 'undici';

/** Calls the REST API over kept-alive connections. */
export class RestClient {
  readonly #url: string;
  readonly #token: string;
  readonly #password: string;
  readonly #agent: Agent;

  private constructor(
    url: string,
    login: { readonly token: string; readonly password: string },
    agent: Agent,
  ) {
    this.#url = url;
    this.#token = login.token;
    this.#password = login.password;
    this.#agent = agent;
  }

  static async login(url: string, password: string): Promise<RestClient> {
    const agent = new Agent({ connect: { rejectUnauthorized: false } });
    const { statusCode, body } = await loginAt(url, password, agent);
    const answer = (await body.json()) as { token?: string; message?: string };
    if (answer.token === undefined)
      throw new Error(`login at ${url} failed with ${statusCode}: ${answer.message ?? ''}`);
    return new RestClient(url, { token: answer.token, password }, agent);
  }

  /** Milliseconds that a GET took, its whole body read. */
  async timedGet(path: string): Promise<number> {
    const before = performance.now();
    const body = await this.#get(path);
    await body.dump({ limit: Number.MAX_SAFE_INTEGER });
    return performance.now() - before;
  }

  /** Milliseconds that a login took. */
  async timedLogin(): Promise<number> {
    const before = performance.now();
    const { statusCode, body } = await loginAt(this.#url, this.#password, this.#agent);
    await body.dump();
    if (statusCode !== 200) throw new Error(`a login answered ${statusCode}`);
    return performance.now() - before;
  }

  /** Bytes of an answer. */
  async sizeOf(path: string): Promise<number> {
    return (await (await this.#get(path)).arrayBuffer()).byteLength;
  }

  /** Where a watch goes on behind a list. */
  async listVersion(): Promise<{ readonly resourceVersion: string }> {
    const body = await this.#get('/api/v1/applications?fields=metadata.resourceVersion');
    const { metadata } = (await body.json()) as { readonly metadata: { readonly resourceVersion: string } };
    return metadata;
  }

  /** Reads a stream until the function that this resolves to is called. */
  async openStream(path: string, onText: (text: string) => void): Promise<() => void> {
    const body = await this.#get(path, { accept: 'text/event-stream' });
    body.on('data', (chunk: Buffer) => onText(chunk.toString('utf8')));
    body.on('error', () => undefined);
    return () => body.destroy();
  }

  async #get(
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Dispatcher.ResponseData['body']> {
    const { statusCode, body } = await request(this.#url + path, {
      dispatcher: this.#agent,
      headers: { authorization: `Bearer ${this.#token}`, ...headers },
    });
    if (statusCode !== 200) throw new Error(`GET ${path} answered ${statusCode}`);
    return body;
  }
}

const loginAt = (url: string, password: string, dispatcher: Agent): Promise<Dispatcher.ResponseData> =>
  request(`${url}/api/v1/session`, {
    method: 'POST',
    dispatcher,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password }),
  });
