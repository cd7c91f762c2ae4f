import type { RequestListener, Server as HttpServer } from 'node:http';
import { createServer as createNetServer } from 'node:net';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext, createServer as createTlsServer } from 'node:tls';
import type { SecureContext, Server as TlsServer, TLSSocket } from 'node:tls';
import type { ConnectionInjector } from '@grpc/grpc-js';
import type { Logger } from '@tiphys/ports';
import { createInjectedServer, redirectToHttps } from './http-server.ts';
import type { HttpLimits, Upgrades } from './http-server.ts';
import { sniff } from './sniff.ts';
import type { Protocol } from './sniff.ts';
import { secureOptions } from './tls.ts';
import type { KeyPair, TlsLimits } from './tls.ts';

const SNIFF_TIMEOUT_MS = 10_000;
const HANDSHAKE_TIMEOUT_MS = 10_000;
const DRAIN_MS = 1_000;
/** HTTP/1.1 first: browsers offer both and get it, gRPC clients offer only h2. */
const ALPN = ['http/1.1', 'h2'];

export interface MuxOptions {
  readonly port: number;
  readonly address: string;
  /** Undefined serves plaintext. */
  readonly tls: KeyPair | undefined;
  readonly tlsLimits?: TlsLimits;
  readonly http: RequestListener;
  readonly httpLimits?: HttpLimits;
  /** What takes connections over that ask for another protocol. */
  readonly upgrades?: Upgrades;
  readonly grpc: ConnectionInjector;
  readonly logger: Logger;
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
    const limits = options.httpLimits ?? {};
    const tls = options.tls !== undefined;
    const onFault = (error: unknown): void => options.logger.error('request failed', { error });
    this.#http = createInjectedServer(options.http, { limits, tls, upgrades: options.upgrades, onFault });
    this.#redirect = createInjectedServer(redirectToHttps, { limits, tls: false, onFault });
    this.#tls = options.tls && this.#tlsServer(options.tls);
    this.#net = createNetServer({ noDelay: true, keepAlive: true }, (socket) => this.#accept(socket));
  }

  #tlsServer(pair: KeyPair): TlsServer {
    this.useCertificate(pair);
    const server = createTlsServer({
      ...secureOptions(pair, this.#options.tlsLimits),
      ALPNProtocols: ALPN,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      SNICallback: (_name, done) => done(null, this.#context),
    });
    server.on('secureConnection', (socket) => this.#secured(socket));
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return server;
  }

  /** Serves another certificate from the next connection on. Throws, and keeps the old one, where it is none. */
  useCertificate(pair: KeyPair): void {
    const options = secureOptions(pair, this.#options.tlsLimits);
    this.#context = createSecureContext(options);
    this.#tls?.setSecureContext(options);
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
      // Neither listens: this ends what waits for the next request, and the look-out for slow clients.
      this.#http.close();
      this.#redirect.close();
      this.#options.grpc.drain(DRAIN_MS);
    });
  }

  #destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
