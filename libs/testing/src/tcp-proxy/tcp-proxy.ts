import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A link to a server on 127.0.0.1 that a test can break. */
export interface TcpProxy {
  readonly port: number;
  /** Connections accepted so far. */
  readonly accepted: number;
  /** Ends every connection and refuses new ones, until `heal`. */
  cut(): void;
  /** Swallows what the server sends, with every connection left open, until `heal`: a dead peer that nobody noticed. */
  mute(): void;
  heal(): void;
  close(): Promise<void>;
}

/** Passes bytes between a free port of 127.0.0.1 and `targetPort`. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const links = new Set<Socket>();
  let accepted = 0;
  let state: 'open' | 'cut' | 'mute' = 'open';

  const pass = (near: Socket): void => {
    if (state === 'cut') return void near.destroy();
    accepted += 1;
    const far = connect(targetPort, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      links.add(from);
      from.on('data', (bytes: Buffer) => {
        if (state !== 'mute' || from === near) to.write(bytes);
      });
      // The other end learns of it by being closed; the error itself is the test's doing.
      from.on('error', () => from.destroy());
      from.on('close', () => {
        links.delete(from);
        to.destroy();
      });
    }
  };
  const cutAll = (): void => {
    for (const link of links) link.destroy();
  };

  const server = createServer(pass);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get accepted() {
      return accepted;
    },
    cut() {
      state = 'cut';
      cutAll();
    },
    mute() {
      state = 'mute';
    },
    heal() {
      state = 'open';
    },
    async close() {
      cutAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
