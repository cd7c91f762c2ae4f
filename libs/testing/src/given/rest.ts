import { TiphysError } from '@tiphys/model';
import { createParser } from 'eventsource-parser';
import { Agent, request } from 'undici';

export interface RestAnswer<T> {
  readonly status: number;
  readonly body: T;
}

/** What a stream of server-sent events has told so far. */
export interface OpenStream {
  /** What each event held, in order. */
  readonly told: readonly unknown[];
  /** True once the server has ended it. */
  readonly ended: () => boolean;
  close(): void;
}

/** The public REST API, logged in. */
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

  /** The same server, as somebody else; ends with this one. */
  as(token: string): Rest {
    return new Rest(this.url, token, this.#agent);
  }

  /** Somebody else, by their password. */
  async login(username: string, password: string): Promise<Rest> {
    const { token } = await this.as('').call<{ token: string }>('POST', '/api/v1/session', {
      username,
      password,
    });
    return this.as(token);
  }

  /** A stream that is read until it ends or is closed. */
  async stream(path: string): Promise<OpenStream> {
    const { statusCode, body } = await request(this.url + path, {
      dispatcher: this.#agent,
      headers: { authorization: `Bearer ${this.token}`, accept: 'text/event-stream' },
    });
    if (statusCode !== 200)
      throw new TiphysError('internal', `the stream ${path} answered ${statusCode}: ${await body.text()}`);
    const told: unknown[] = [];
    let ended = false;
    const parser = createParser({ onEvent: ({ data }) => void told.push(parse(data)) });
    body.setEncoding('utf8');
    body.on('data', (text: string) => parser.feed(text));
    body.on('close', () => (ended = true));
    body.on('error', () => (ended = true));
    return { told, ended: () => ended, close: () => void body.destroy() };
  }

  /** Any status is an answer. */
  send<T>(method: string, path: string, body?: object | string): Promise<RestAnswer<T>> {
    const headers = { authorization: `Bearer ${this.token}` };
    return send<T>(this.#agent, this.url + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
  }

  /** The body of an answer of 200; anything else is an error that says what came. */
  async call<T>(method: string, path: string, body?: object | string): Promise<T> {
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
  readonly body?: object | string;
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
