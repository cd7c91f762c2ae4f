import type { IncomingMessage } from 'node:http';
import { exitCodes, Failure } from '../program/failure.ts';
import { ApiError } from './api-error.ts';
import { NetworkFailure } from './network-failure.ts';
import { errorOf, isSuccess } from './rest.ts';
import type { Transport } from './transport.ts';

const HEADER = 5;
const TRAILER = 0x80;
const CONTENT_TYPE = 'application/grpc-web+proto';

/**
 * One call of an RPC that has no form in JSON: messages out, the bytes of one message back. It travels as gRPC-web over
 * HTTP/1.1, so that it takes the same way as all other calls.
 */
export async function callGrpcWeb(
  transport: Transport,
  path: string,
  messages: readonly Uint8Array[],
): Promise<Uint8Array> {
  const response = await transport.send({
    method: 'POST',
    path,
    body: Buffer.concat(messages.map((message) => framed(message))),
    accept: CONTENT_TYPE,
    headers: { 'content-type': CONTENT_TYPE, 'x-grpc-web': '1' },
  });
  const body = await bytesOf(response, transport);
  if (!isSuccess(response)) throw errorOf(response, body.toString('utf8'), transport);
  return replyIn(response, body, transport);
}

function framed(message: Uint8Array): Buffer {
  const frame = Buffer.alloc(HEADER + message.length);
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, HEADER);
  return frame;
}

function replyIn(response: IncomingMessage, body: Buffer, { target }: Transport): Uint8Array {
  let message: Buffer | undefined;
  let status = {
    'grpc-status': headerOf(response, 'grpc-status'),
    'grpc-message': headerOf(response, 'grpc-message'),
  };
  for (let at = 0; at + HEADER <= body.length;) {
    const end = at + HEADER + body.readUInt32BE(at + 1);
    const content = body.subarray(at + HEADER, end);
    if (body.readUInt8(at) === TRAILER) status = { ...status, ...trailersIn(content.toString('utf8')) };
    else message ??= content;
    at = end;
  }
  const code = Number(status['grpc-status'] ?? 0);
  if (code !== 0) throw new ApiError(code, decoded(status['grpc-message'] ?? ''), target.server);
  if (message !== undefined) return message;
  throw new Failure(`${target.server} answered without a message.`, { exitCode: exitCodes.general });
}

const headerOf = ({ headers }: IncomingMessage, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
};

const trailersIn = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text
      .split('\r\n')
      .filter((line) => line.includes(':'))
      .map((line) => [
        line.slice(0, line.indexOf(':')).trim().toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
  );

/** Messages are percent-encoded; one that is not stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function bytesOf(response: IncomingMessage, { target }: Transport): Promise<Buffer> {
  try {
    return Buffer.concat((await response.toArray()) as readonly Buffer[]);
  } catch (error) {
    throw new NetworkFailure(error, target);
  }
}
