import type { JsonValue } from '@tiphys/model';
import { differences, readExchange } from '@tiphys/testing/recordings/exchanges';
import type { Exchange } from '@tiphys/testing/recordings/exchanges';
import type { Answer, TestServer } from './server.ts';

/** What a caller sees of an answer apart from its body; the rest is of the connection. */
const HEADERS = [
  'content-type',
  'location',
  'set-cookie',
  'accept-ranges',
  'access-control-allow-origin',
  'content-security-policy',
  'grpc-metadata-content-type',
  'x-frame-options',
  'x-content-type-options',
];

/** Sends recorded exchanges to a server, with the tokens of its own accounts. */
export class RestReplay {
  /** Tokens by the name of who asked; under `<jwt-1>` the one that a recorded header holds. */
  readonly tokens = new Map<string, string>();
  /** Turns what was recorded, requests and answers, into what is so here. */
  readonly here: (text: string) => string;
  readonly #server: TestServer;

  constructor(server: TestServer, here: (text: string) => string = (text) => text) {
    this.#server = server;
    this.here = (text) =>
      here(text).replaceAll('"namespace":"argocd"', `"namespace":"${server.namespace.name}"`);
  }

  /** Sends it; where the answer differs from the recorded one. Headers that were not recorded are not compared. */
  async replay(number: number): Promise<readonly string[]> {
    const exchange = readExchange(number);
    const answer = await this.#send(exchange);
    const { status, body } = exchange;
    const wrong = answer.status === status ? [] : [`${answer.status} instead of ${status}: ${answer.text}`];
    return [
      ...wrong,
      ...this.#headers(exchange, answer),
      ...(body === undefined ? [] : this.#body(body, answer)),
    ];
  }

  #send({ verb, path, headers, as, requestBody }: Exchange): Promise<Answer> {
    const token = this.tokens.get(as ?? '');
    const recorded = Object.entries(headers).map(
      ([name, value]) =>
        [name.toLowerCase(), value.replace('<jwt-1>', this.tokens.get('<jwt-1>') ?? '')] as const,
    );
    return this.#server.send(verb, this.here(path), {
      headers: { 'content-type': '', ...Object.fromEntries(recorded) },
      ...(token === undefined ? {} : { token }),
      ...(requestBody === undefined || verb === 'GET' || verb === 'HEAD'
        ? {}
        : { body: typeof requestBody === 'string' ? requestBody : this.#translated(requestBody) }),
    });
  }

  #headers({ responseHeaders }: Exchange, answer: Answer): readonly string[] {
    return Object.entries(responseHeaders).flatMap(([name, value]) => {
      if (!HEADERS.includes(name.toLowerCase())) return [];
      const told = (answer.headers.get(name) ?? 'nothing').replace(
        /argocd\.token=[^;]+/u,
        'argocd.token=<jwt-1>',
      );
      return told === this.here(value) ? [] : [`${name}: ${told} instead of ${value}`];
    });
  }

  #body(body: JsonValue, answer: Answer): readonly string[] {
    const actual = typeof body === 'string' ? answer.text : (JSON.parse(answer.text || 'null') as JsonValue);
    return differences(this.#translated(body), actual);
  }

  #translated(value: JsonValue): JsonValue {
    return JSON.parse(this.here(JSON.stringify(value))) as JsonValue;
  }
}
