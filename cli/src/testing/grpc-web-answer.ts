import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { field, texts } from '../api/wire/upload.ts';
import type { RecordedCall } from './recording.ts';
import type { FixtureAnswer } from './fixture-server.ts';

type Item = Readonly<Record<string, string | boolean | undefined>>;

const GRPC_WEB = { 'content-type': 'application/grpc-web+proto' };

/** A recorded answer as gRPC-web carries it; undefined for calls that go over REST. */
export function grpcWebAnswer(rpc: string, call: RecordedCall): FixtureAnswer | undefined {
  const encode = encoders[rpc];
  if (encode === undefined) return undefined;
  if (call.status !== 0) {
    const message = encodeURIComponent(call.message);
    return {
      headers: { ...GRPC_WEB, 'grpc-status': String(call.status), 'grpc-message': message },
      bytes: Buffer.alloc(0),
    };
  }
  return { headers: GRPC_WEB, bytes: framed(encode(call.response)) };
}

const encoders: Readonly<Record<string, (response: unknown) => Uint8Array>> = {
  'ApplicationService/GetManifestsWithFiles': (response) =>
    Buffer.concat(
      (response as { manifests: readonly string[] }).manifests.map((text) => field(1, Buffer.from(text))),
    ),
  'ApplicationService/ServerSideDiff': (response) =>
    Buffer.concat(
      ((response as { items?: readonly Item[] }).items ?? []).map((item) => field(1, itemOf(item))),
    ),
};

function itemOf(item: Item): Uint8Array {
  const names = ['group', 'kind', 'namespace', 'name', 'targetState', 'liveState'] as const;
  const text = texts(names.map((name, index) => [index + 1, String(item[name] ?? '')] as const));
  const modified = new BinaryWriter()
    .tag(12, WireType.Varint)
    .bool(item['modified'] === true)
    .finish();
  return Buffer.concat([text, modified]);
}

function framed(message: Uint8Array): Buffer {
  const trailer = Buffer.from('grpc-status: 0\r\n');
  const head = (flag: number, size: number): Buffer => {
    const bytes = Buffer.alloc(5);
    bytes.writeUInt8(flag, 0);
    bytes.writeUInt32BE(size, 1);
    return bytes;
  };
  return Buffer.concat([head(0, message.length), message, head(0x80, trailer.length), trailer]);
}
