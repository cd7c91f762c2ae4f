import { connect } from 'node:http2';

export interface RawReply {
  readonly status: number;
  readonly grpcStatus: number;
  readonly grpcMessage: string;
  readonly messages: readonly Buffer[];
}

/** One gRPC call over HTTP/2 without a library: message bytes in, status and message bytes out. */
export function rawGrpc(
  port: number,
  path: string,
  request: { readonly headers?: Readonly<Record<string, string>>; readonly messages: readonly Buffer[] },
): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    const session = connect(`http://127.0.0.1:${port}`);
    session.on('error', reject);
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...request.headers,
    });
    const chunks: Buffer[] = [];
    const head: Record<string, unknown> = {};
    stream.on('response', (headers) => void Object.assign(head, headers));
    stream.on('trailers', (headers) => void Object.assign(head, headers));
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('close', () => {
      session.close();
      resolve({
        status: Number(head[':status']),
        grpcStatus: Number(head['grpc-status']),
        grpcMessage: decodeURIComponent(typeof head['grpc-message'] === 'string' ? head['grpc-message'] : ''),
        messages: unframed(Buffer.concat(chunks)),
      });
    });
    for (const message of request.messages) stream.write(framed(message));
    stream.end();
  });
}

function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

function unframed(bytes: Buffer): readonly Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at + 5 <= bytes.length;) {
    const end = at + 5 + bytes.readUInt32BE(at + 1);
    messages.push(bytes.subarray(at + 5, end));
    at = end;
  }
  return messages;
}
