import { readFileSync } from 'node:fs';
import { TiphysError } from '@tiphys/model';
import { Pool } from 'undici';
import type { KubeConnection } from './kubeconfig.ts';

export interface KubeResponse<T> {
  readonly status: number;
  readonly body: T;
}

export interface KubeRequest {
  readonly method: string;
  /** Path and query, such as `/api/v1/namespaces`. */
  readonly path: string;
  /** Sent as JSON unless it is text. */
  readonly body?: unknown;
  readonly contentType?: string;
}

/** A plain client of an API server for tests: no cache, no retry. */
export class KubeClient {
  readonly connection: KubeConnection;
  readonly #pool: Pool;

  constructor(connection: KubeConnection) {
    this.connection = connection;
    const { caPem, certPem, keyPem } = connection;
    const identity = certPem === undefined || keyPem === undefined ? {} : { cert: certPem, key: keyPem };
    this.#pool = new Pool(connection.apiUrl, { connections: 8, connect: { ca: caPem, ...identity } });
  }

  /** Any answer of the server, whatever its status. */
  async send<T = unknown>({ method, path, body, contentType }: KubeRequest): Promise<KubeResponse<T>> {
    const token = this.#token();
    const response = await this.#pool.request({
      method,
      path,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.body.text();
    return { status: response.statusCode, body: parse(text) as T };
  }

  /**
   * The body of a successful answer.
   * @throws TiphysError with the server's message for a status of 400 or more.
   */
  async request<T = unknown>(method: string, path: string, body?: unknown, contentType?: string): Promise<T> {
    const sent: KubeRequest = { method, path, ...(body === undefined ? {} : { body }) };
    const answer = await this.send<T>(contentType === undefined ? sent : { ...sent, contentType });
    if (answer.status < 400) return answer.body;
    throw new TiphysError(
      codeOf(answer.status),
      `${method} ${path}: ${answer.status} ${messageIn(answer.body)}`,
    );
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  #token(): string | undefined {
    const { token, tokenFile } = this.connection;
    return tokenFile === undefined ? token : readFileSync(tokenFile, 'utf8').trim();
  }
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function messageIn(body: unknown): string {
  if (typeof body === 'object' && body !== null && 'message' in body) return String(body.message);
  return typeof body === 'string' ? body : '';
}

function codeOf(status: number): TiphysError['code'] {
  switch (status) {
    case 401:
      return 'unauthenticated';
    case 403:
      return 'permission-denied';
    case 404:
      return 'not-found';
    case 409:
      return 'conflict';
    case 429:
      return 'resource-exhausted';
    default:
      return status < 500 ? 'invalid' : 'unavailable';
  }
}
