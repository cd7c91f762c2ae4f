import { TiphysError } from '@tiphys/model';
import { Agent, request } from 'undici';

export interface RestAnswer<T> {
  readonly status: number;
  readonly body: T;
}

/** The public REST API, logged in as admin. */
export class Rest {
  readonly url: string;
  readonly token: string;
  readonly #agent: Agent;

  constructor(url: string, token: string, agent: Agent) {
    this.url = url;
    this.token = token;
    this.#agent = agent;
  }

  static async login(url: string, password: string): Promise<Rest> {
    const agent = new Agent({ connect: { rejectUnauthorized: false } });
    const answer = await send<{ token: string }>(agent, `${url}/api/v1/session`, {
      method: 'POST',
      body: { username: 'admin', password },
    });
    return new Rest(url, answer.body.token, agent);
  }

  /** Any status is an answer. */
  send<T>(method: string, path: string, body?: object): Promise<RestAnswer<T>> {
    const headers = { authorization: `Bearer ${this.token}` };
    return send<T>(this.#agent, this.url + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
  }

  /** The body of an answer of 200; anything else is an error that says what came. */
  async call<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await this.send<T>(method, path, body);
    if (answer.status !== 200)
      throw new TiphysError(
        'internal',
        `${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`,
      );
    return answer.body;
  }

  close(): Promise<void> {
    return this.#agent.close();
  }
}

interface Sent {
  readonly method: string;
  readonly headers?: Record<string, string>;
  readonly body?: object;
}

async function send<T>(
  dispatcher: Agent,
  url: string,
  { method, headers, body }: Sent,
): Promise<RestAnswer<T>> {
  const answer = await request(url, {
    dispatcher,
    method: method as 'GET',
    headers: { ...headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, body: parse(text) as T };
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
