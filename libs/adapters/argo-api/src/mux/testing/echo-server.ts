import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Client, credentials, Metadata, type ClientWritableStream } from '@grpc/grpc-js';
import { TiphysError, stringAt } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import type { Logger } from '@tiphys/ports';
import type { CertificateAuthority } from '@tiphys/testing/pki';
import type { ApiCalls, Call } from '../../calls/calls.ts';
import { decodeProto, encodeProto } from '../../codec/index.ts';
import { createGrpcServer } from '../../grpc/server.ts';
import type { GrpcServer } from '../../grpc/server.ts';
import { GRPC_WEB, GrpcWeb } from '../../grpc/web.ts';
import { Gateway } from '../../rest/gateway.ts';
import { apiSchema } from '../../schema/load.ts';
import type { MethodShape } from '../../schema/shape.ts';
import { Mux } from '../mux.ts';

const logger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => logger,
};

/** An API small enough to see through: projects by name, a stream that counts. */
class Echo implements ApiCalls {
  aborted = 0;

  isOpen(method: MethodShape): boolean {
    return method.service === 'session.SessionService';
  }

  admit(_method: MethodShape, call: Call): Promise<void> {
    return call.metadata('token') === 'stranger'
      ? Promise.reject(new TiphysError('unauthenticated', 'who are you?'))
      : Promise.resolve();
  }

  unary(method: MethodShape, request: JsonObject, call: Call): Promise<JsonObject> {
    switch (method.path) {
      case '/session.SessionService/Create':
        return Promise.resolve({ token: `token-of-${stringAt(request, 'username') ?? ''}` });
      case '/project.ProjectService/Get':
        call.setHeader('renew-token', 'new');
        if (request['name'] === 'gone') return Promise.reject(new TiphysError('not-found', 'no "gone" here'));
        if (request['name'] === 'bug') return Promise.reject(new Error('secret detail'));
        return Promise.resolve({
          metadata: { name: stringAt(request, 'name') ?? '' },
          spec: { description: call.metadata('token') ?? '' },
        });
      case '/project.ProjectService/List':
        return Promise.resolve({
          metadata: {},
          items: Array.from({ length: 50 }, (_, i) => ({ metadata: { name: `p${i}` } })),
        });
      default:
        return Promise.reject(new TiphysError('unimplemented', `${method.path} is not served yet`));
    }
  }

  /** Says which names came, and how many pieces. */
  async upload(_method: MethodShape, messages: AsyncIterable<JsonObject>): Promise<JsonObject> {
    const names: string[] = [];
    for await (const message of messages) {
      if (names.length > 2) throw new TiphysError('resource-exhausted', 'too much');
      names.push(stringAt(message, 'query', 'name') ?? stringAt(message, 'chunk', 'chunk') ?? '');
    }
    return { manifests: names };
  }

  async *stream(_method: MethodShape, request: JsonObject, call: Call): AsyncGenerator<JsonObject> {
    if (request['name'] === 'denied') throw new TiphysError('permission-denied', 'permission denied');
    if (request['name'] === 'quiet') return await aborted(call.signal);
    for (let index = 0; index < 2; index++)
      yield { type: 'ADDED', application: { metadata: { name: `a${index}` } } };
    if (request['name'] === 'broken') throw new TiphysError('unavailable', 'gone');
    if (request['name'] !== 'open') return;
    await aborted(call.signal);
    this.aborted++;
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve()));

export interface EchoAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export class EchoServer {
  readonly echo = new Echo();
  readonly #tls: CertificateAuthority | undefined;
  #mux: Mux | undefined;
  #grpc: GrpcServer | undefined;
  port = 0;

  constructor(tls: CertificateAuthority | undefined) {
    this.#tls = tls;
  }

  async start(): Promise<void> {
    const pair = this.#tls?.issue({
      commonName: 'localhost',
      hosts: ['localhost', '127.0.0.1'],
      usage: 'server',
    });
    const gateway = new Gateway({
      calls: this.echo,
      logger,
      cookie: { path: '/', secure: pair !== undefined },
    });
    const web = new GrpcWeb(this.echo, logger);
    this.#grpc = createGrpcServer(this.echo, logger);
    this.#mux = new Mux({
      port: 0,
      address: '127.0.0.1',
      tls: pair && { certificate: pair.certPem, key: pair.keyPem },
      grpc: this.#grpc.injector,
      logger,
      http: (request, response) =>
        void (request.headers['content-type'] === GRPC_WEB
          ? web.handle(request, response)
          : gateway.handle(request, response)),
    });
    this.port = await this.#mux.listen();
  }

  async stop(): Promise<void> {
    await this.#mux?.close();
    this.#grpc?.close();
  }

  get client(): Client {
    const secure = this.#tls
      ? credentials.createSsl(Buffer.from(this.#tls.certPem))
      : credentials.createInsecure();
    return new Client(`127.0.0.1:${this.port}`, secure);
  }

  http(
    method: string,
    path: string,
    options: {
      headers?: Record<string, string>;
      body?: string | Buffer;
      plain?: boolean;
      /** Hangs up as soon as the headers are there. */
      headOnly?: boolean;
    } = {},
  ): Promise<EchoAnswer> {
    const send = this.#tls && options.plain !== true ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const request = send(
        {
          host: '127.0.0.1',
          port: this.port,
          method,
          path,
          headers: options.headers ?? {},
          agent: false,
          ...(this.#tls ? { ca: this.#tls.certPem } : {}),
        },
        (response) => {
          const chunks: Buffer[] = [];
          const answer = (): void =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks).toString('latin1'),
            });
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', answer);
          if (options.headOnly !== true) return;
          answer();
          response.destroy();
        },
      );
      request.on('error', reject);
      request.end(options.body);
    });
  }
}

export const method = (path: string): MethodShape => {
  const found = apiSchema().methods.get(path);
  if (!found) throw new Error(path);
  return found;
};
export const get = method('/project.ProjectService/Get');
export const watch = method('/application.ApplicationService/Watch');

export const upload = method('/application.ApplicationService/GetManifestsWithFiles');

export function uploaded(
  client: Client,
  messages: readonly Buffer[],
  end = (stream: ClientWritableStream<Buffer>): void => void stream.end(),
): Promise<JsonObject> {
  return new Promise((resolve, reject) => {
    const stream = client.makeClientStreamRequest<Buffer, Buffer>(
      upload.path,
      (value) => value,
      (value) => value,
      (error, reply) =>
        error ? reject(error) : resolve(decodeProto(upload.response, reply ?? Buffer.alloc(0)) as JsonObject),
    );
    stream.on('error', () => undefined);
    for (const message of messages) stream.write(message);
    end(stream);
  });
}

export function unary(
  client: Client,
  path: string,
  request: JsonObject,
): Promise<{ reply: JsonObject; headers: Metadata }> {
  const shape = method(path);
  return new Promise((resolve, reject) => {
    const metadata = new Metadata();
    metadata.set('token', 't0');
    let headers = new Metadata();
    const call = client.makeUnaryRequest<Buffer, Buffer>(
      path,
      (value) => value,
      (value) => value,
      Buffer.from(encodeProto(shape.request, request)),
      metadata,
      (error, reply) => {
        if (error) reject(error);
        else resolve({ reply: decodeProto(shape.response, reply ?? Buffer.alloc(0)) as JsonObject, headers });
      },
    );
    call.on('metadata', (received: Metadata) => (headers = received));
  });
}
