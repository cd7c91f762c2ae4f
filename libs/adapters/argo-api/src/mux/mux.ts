import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server as HttpServer, ServerResponse } from 'node:http';
import { createServer as createNetServer } from 'node:net';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext, createServer as createTlsServer } from 'node:tls';
import type { SecureContext, Server as TlsServer, TLSSocket } from 'node:tls';
import type { ConnectionInjector } from '@grpc/grpc-js';
import { sniff } from './sniff.ts';
import type { Protocol } from './sniff.ts';

const SNIFF_TIMEOUT_MS = 10_000;
const DRAIN_MS = 1_000;
/** Longer than the idle time of common proxies, so that they and not the server close. */
const KEEP_ALIVE_MS = 120_000;
/** HTTP/1.1 first: browsers offer both and get it, gRPC clients offer only h2. */
const ALPN = ['http/1.1', 'h2'];

export interface KeyPair {
  /** PEM, leaf first. */
  readonly certificate: string;
  readonly key: string;
}

export interface MuxOptions {
  readonly port: number;
  readonly address: string;
  /** Undefined serves plaintext. */
  readonly tls: KeyPair | undefined;
  readonly http: RequestListener;
  readonly grpc: ConnectionInjector;
}

/**
 * One port for all protocols: TLS or plaintext, gRPC and HTTP/1.1, told apart by their first bytes.
 * With TLS, plaintext HTTP is redirected to https.
 */
export class Mux {
  readonly #options: MuxOptions;
  readonly #net: NetServer;
  readonly #http: HttpServer;
  readonly #redirect: HttpServer;
  readonly #tls: TlsServer | undefined;
  readonly #sockets = new Set<Socket>();
  #context: SecureContext | undefined;

  constructor(options: MuxOptions) {
    this.#options = options;
    this.#http = createHttpServer({ keepAliveTimeout: KEEP_ALIVE_MS }, options.http);
    this.#redirect = createHttpServer(redirectToHttps);
    this.#tls = options.tls && this.#tlsServer(options.tls);
    this.#net = createNetServer({ noDelay: true, keepAlive: true }, (socket) => this.#accept(socket));
  }

  #tlsServer(pair: KeyPair): TlsServer {
    this.useCertificate(pair);
    const server = createTlsServer({
      minVersion: 'TLSv1.2',
      ALPNProtocols: ALPN,
      cert: pair.certificate,
      key: pair.key,
      SNICallback: (_name, done) => done(null, this.#context),
    });
    server.on('secureConnection', (socket) => this.#secured(socket));
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return server;
  }

  /** Serves another certificate from the next connection on. */
  useCertificate({ certificate, key }: KeyPair): void {
    this.#context = createSecureContext({ cert: certificate, key });
    this.#tls?.setSecureContext({ cert: certificate, key, minVersion: 'TLSv1.2' });
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    sniff(socket, SNIFF_TIMEOUT_MS, (protocol) => this.#dispatch(socket, protocol));
  }

  #dispatch(socket: Socket, protocol: Protocol): void {
    if (this.#tls) {
      if (protocol === 'tls') this.#tls.emit('connection', socket);
      else if (protocol === 'http1') this.#redirect.emit('connection', socket);
      else socket.destroy();
    } else if (protocol === 'tls') {
      socket.destroy();
    } else {
      this.#serve(socket, protocol);
    }
  }

  #secured(socket: TLSSocket): void {
    socket.on('error', () => socket.destroy());
    if (socket.alpnProtocol === 'h2') this.#serve(socket, 'http2');
    else if (socket.alpnProtocol === 'http/1.1') this.#serve(socket, 'http1');
    else sniff(socket, SNIFF_TIMEOUT_MS, (protocol) => this.#serve(socket, protocol));
  }

  #serve(socket: Duplex, protocol: Protocol): void {
    if (protocol === 'http2') this.#options.grpc.injectConnection(socket);
    else if (protocol === 'http1') this.#http.emit('connection', socket);
    else socket.destroy();
  }

  /** Listens; resolves to the port. */
  listen(): Promise<number> {
    const { port, address } = this.#options;
    return new Promise((resolve, reject) => {
      this.#net.once('error', reject);
      this.#net.listen(port, address, () => {
        this.#net.removeListener('error', reject);
        resolve((this.#net.address() as AddressInfo).port);
      });
    });
  }

  /** Takes no more connections, lets running calls end for a moment, then ends what is still open. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#destroyAll(), DRAIN_MS);
      this.#net.close(() => {
        clearTimeout(timer);
        resolve();
      });
      this.#http.closeIdleConnections();
      this.#options.grpc.drain(DRAIN_MS);
    });
  }

  #destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

function redirectToHttps(request: IncomingMessage, response: ServerResponse): void {
  const target = `https://${request.headers.host ?? ''}${request.url ?? '/'}`;
  const link = target.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
  response.writeHead(307, {
    'Content-Type': 'text/html; charset=utf-8',
    Location: target,
    Connection: 'close',
  });
  response.end(request.method === 'GET' ? `<a href="${link}">Temporary Redirect</a>.\n\n` : undefined);
  request.resume();
}
