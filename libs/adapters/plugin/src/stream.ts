import { createReadStream } from 'node:fs';
import { once } from 'node:events';
import type { ClientWritableStream } from '@grpc/grpc-js';
import type { AppStreamRequest } from '@tiphys/generated/plugin-protocol';
import type { PluginCall } from '@tiphys/ports';

const CHUNK_BYTES = 64 * 1024;

/** Sends what a plugin is asked about: the metadata, then the archive in pieces. Stops when the call has ended. */
export async function sendFiles(
  stream: ClientWritableStream<AppStreamRequest>,
  call: PluginCall,
  hasEnded: AbortSignal,
): Promise<void> {
  const { appName, appPath, env, files } = call;
  const entries = Object.entries(env).map(([name, value]) => ({ name, value }));
  const metadata = { appName, appRelPath: appPath, checksum: files.checksum, size: files.size, env: entries };
  await send(stream, { metadata }, hasEnded);
  for await (const chunk of createReadStream(files.file, { highWaterMark: CHUNK_BYTES })) {
    if (hasEnded.aborted) return;
    await send(stream, { file: { chunk: chunk as Buffer } }, hasEnded);
  }
  stream.end();
}

async function send(
  stream: ClientWritableStream<AppStreamRequest>,
  message: AppStreamRequest,
  hasEnded: AbortSignal,
): Promise<void> {
  if (stream.write(message) || hasEnded.aborted) return;
  await once(stream, 'drain', { signal: hasEnded }).catch(() => undefined);
}
