import type { Duplex } from 'node:stream';

/** What the first bytes of a connection say. */
export type Protocol = 'tls' | 'http2' | 'http1';

const TLS_HANDSHAKE = 0x16;
const PREFACE = Buffer.from('PRI ');

/** The protocol behind the first bytes; undefined while they are too few to tell. */
export function protocolOf(bytes: Buffer): Protocol | undefined {
  if (bytes.length === 0) return undefined;
  if (bytes[0] === TLS_HANDSHAKE) return 'tls';
  const length = Math.min(bytes.length, PREFACE.length);
  if (!bytes.subarray(0, length).equals(PREFACE.subarray(0, length))) return 'http1';
  return length < PREFACE.length ? undefined : 'http2';
}

/**
 * Reads just enough of a connection to name its protocol and puts the bytes back. Ends a connection that sends
 * nothing within `timeoutMs`.
 */
export function sniff(socket: Duplex, timeoutMs: number, found: (protocol: Protocol) => void): void {
  let seen = Buffer.alloc(0);
  const timer = setTimeout(() => socket.destroy(), timeoutMs);
  const stop = (): void => {
    clearTimeout(timer);
    socket.removeListener('readable', read);
    socket.removeListener('error', ignore);
    socket.removeListener('close', stop);
  };
  const read = (): void => {
    for (let chunk = socket.read() as Buffer | null; chunk !== null; chunk = socket.read() as Buffer | null) {
      seen = Buffer.concat([seen, chunk]);
    }
    const protocol = protocolOf(seen);
    if (protocol === undefined) return;
    stop();
    socket.unshift(seen);
    found(protocol);
  };
  const ignore = (): void => undefined;
  socket.on('readable', read);
  socket.on('error', ignore);
  socket.on('close', stop);
}
