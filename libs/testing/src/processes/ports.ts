import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/** Below the range that Linux hands to outgoing connections, so that none of those takes the port meanwhile. */
const first = 12_000;
const last = 32_000;

const handedOut = new Set<number>();

/**
 * Loopback ports that nothing listens on, for servers that cannot be told to pick
 * one. Never the same port twice from one process.
 */
export async function freePorts(count: number): Promise<number[]> {
  const held: Server[] = [];
  const ports: number[] = [];
  try {
    while (ports.length < count) {
      const port = randomInt(first, last);
      if (handedOut.has(port)) continue;
      const server = await tryListen(port);
      if (server === undefined) continue;
      handedOut.add(port);
      held.push(server);
      ports.push(port);
    }
    return ports;
  } finally {
    await Promise.all(held.map(close));
  }
}

/** One port, as freePorts finds it. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  if (port === undefined) throw new Error('freePorts(1) returned no port');
  return port;
}

function tryListen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
