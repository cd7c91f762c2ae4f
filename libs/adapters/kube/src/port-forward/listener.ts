import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface PodListener {
  /** A port on 127.0.0.1; each connection to it is one to the pod. */
  readonly port: number;
  /** Ends all connections. */
  close(): Promise<void>;
}

/**
 * Listens on loopback and hands each connection on to what `connect` opens. A connection that cannot be opened is
 * closed, and the reason told to `onFailure`.
 */
export async function listenForPod(
  connect: () => Promise<Duplex>,
  onFailure: (error: unknown) => void,
): Promise<PodListener> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => open.delete(socket));
    void handOn(socket, connect).catch((error: unknown) => {
      socket.destroy();
      if (!isEnd(error)) onFailure(error);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of open) socket.destroy();
      }),
  };
}

async function handOn(socket: Socket, connect: () => Promise<Duplex>): Promise<void> {
  const far = await connect();
  await Promise.all([pipeline(socket, far), pipeline(far, socket)]);
}

/** One side hung up in the middle: that is how connections end. */
const isEnd = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  ['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE'].includes(String(error.code));
