import { TiphysError } from '@tiphys/model';

const HEADER = 5;

/** A message behind its flag byte and its length. */
export function frame(flag: number, message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(HEADER + message.length);
  framed.writeUInt8(flag, 0);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, HEADER);
  return framed;
}

/** The message in the first frame. @throws TiphysError `internal` where there is none, or it is compressed. */
export function firstMessage(body: Buffer): Buffer {
  if (body.length < HEADER) throw new TiphysError('internal', 'the request holds no message');
  if (body.readUInt8(0) !== 0) {
    throw new TiphysError('internal', 'grpc: compressed flag set with identity or empty encoding');
  }
  const end = HEADER + body.readUInt32BE(1);
  if (body.length < end) throw new TiphysError('internal', 'unexpected EOF');
  return body.subarray(HEADER, end);
}

/** The messages of all frames, one after the other. @throws TiphysError as `firstMessage` does */
export function* messagesIn(body: Buffer): Generator<Buffer> {
  for (let rest = body; rest.length > 0;) {
    const message = firstMessage(rest);
    yield message;
    rest = rest.subarray(HEADER + message.length);
  }
}

const UNITS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };

/** Milliseconds of a `grpc-timeout` header, undefined where there is none. */
export function timeoutMs(header: string | string[] | undefined): number | undefined {
  const match = /^(\d{1,8})([HMSmun])$/.exec(String(header ?? ''));
  return match ? Math.ceil(Number(match[1]) * (UNITS[match[2] ?? ''] ?? 0)) : undefined;
}
