import { createHash } from 'node:crypto';
import type { ServerReadableStream } from '@grpc/grpc-js';
import type { AppStreamRequest, ManifestRequestMetadata } from '@tiphys/generated/plugin-protocol';
import { TiphysError } from '@tiphys/model';

/** An application as a plugin server is sent it. */
export interface ReceivedApp {
  readonly appName: string;
  /** Directory of the application inside the archive. */
  readonly appPath: string;
  readonly env: Readonly<Record<string, string>>;
  /** Gzipped tar, whole and as its sender made it. */
  readonly archive: Uint8Array;
}

/** Reads the metadata and the archive that follows it. `invalid` where the pieces do not add up to what was announced. */
export async function receiveApp(
  stream: ServerReadableStream<AppStreamRequest, unknown>,
  maxBytes: number,
): Promise<ReceivedApp> {
  let metadata: ManifestRequestMetadata | undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const message of stream as AsyncIterable<AppStreamRequest>) {
    if (metadata === undefined) {
      metadata = announced(message, maxBytes);
      continue;
    }
    const chunk = message.file?.chunk;
    if (chunk === undefined)
      throw new TiphysError('invalid', 'a message of the stream holds no piece of a file');
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  if (metadata === undefined) throw new TiphysError('invalid', 'the stream ended before its metadata came');
  const archive = Buffer.concat(chunks, size);
  assertWhole(archive, metadata);
  return {
    appName: metadata.appName,
    appPath: metadata.appRelPath,
    env: Object.fromEntries(metadata.env.map(({ name, value }) => [name, value])),
    archive,
  };
}

function announced({ metadata }: AppStreamRequest, maxBytes: number): ManifestRequestMetadata {
  if (metadata === undefined) throw new TiphysError('invalid', 'the stream does not begin with metadata');
  if (metadata.size > maxBytes) throw tooLarge(maxBytes);
  return metadata;
}

function assertWhole(archive: Buffer, { checksum, size }: ManifestRequestMetadata): void {
  if (size !== 0 && size !== archive.length) {
    throw new TiphysError(
      'invalid',
      `the archive has ${String(archive.length)} bytes; ${String(size)} were announced`,
    );
  }
  if (createHash('sha256').update(archive).digest('hex') !== checksum) {
    throw new TiphysError('invalid', 'the archive does not have the checksum that was announced');
  }
}

const tooLarge = (maxBytes: number): TiphysError =>
  new TiphysError('resource-exhausted', `the archive is larger than ${String(maxBytes)} bytes`);
