import { connect as connectHttp2 } from 'node:http2';

/** What one stream was answered. */
export interface Reply {
  /** Undefined where the stream was reset before there were any. */
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly trailers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly rstCode: number;
}

/** One stream of HTTP/2 without TLS, header by header. */
export function overHttp2(
  port: number,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    session.on('error', reject);
    const stream = session.request(
      { te: 'trailers', ...headers },
      { endStream: headers[':method'] === 'GET' },
    );
    const chunks: Buffer[] = [];
    const told: { headers?: Record<string, string>; trailers: Record<string, string> } = { trailers: {} };
    stream.on('response', (received) => void (told.headers = textsOf(received)));
    stream.on('trailers', (received: Record<string, unknown>) => void (told.trailers = textsOf(received)));
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', () => undefined);
    stream.on('close', () => {
      session.close();
      resolve({
        headers: told.headers,
        trailers: told.trailers,
        body: Buffer.concat(chunks),
        rstCode: stream.rstCode ?? 0,
      });
    });
    if (headers[':method'] !== 'GET') stream.end(body);
  });
}

const textsOf = (headers: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

/** A message in the frame that gRPC puts around it. */
export const framed = (bytes: Buffer, flag: number): Buffer => {
  const head = Buffer.alloc(5);
  head.writeUInt8(flag);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
};

export interface Frame {
  readonly flag: number;
  readonly bytes: Buffer;
}

/** The frames that are whole. */
export function framesIn(body: Buffer): readonly Frame[] {
  const end = body.length < 5 ? Infinity : 5 + body.readUInt32BE(1);
  if (body.length < end) return [];
  return [{ flag: body.readUInt8(0), bytes: body.subarray(5, end) }, ...framesIn(body.subarray(end))];
}
