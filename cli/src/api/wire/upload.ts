import { createHash } from 'node:crypto';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { AppRef } from '../applications.ts';

/** Of an archive in one message. */
const CHUNK_BYTES = 256 * 1024;

/** The messages by which an archive is sent to be rendered: what is asked, then the pieces. */
export function uploadMessages(
  { name, namespace }: AppRef,
  project: string,
  archive: Uint8Array,
): readonly Uint8Array[] {
  const checksum = createHash('sha256').update(archive).digest('hex');
  const query = texts([
    [1, name],
    [2, checksum],
    [3, namespace ?? ''],
    [4, project],
  ]);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < archive.length; at += CHUNK_BYTES)
    chunks.push(part(2, field(1, archive.subarray(at, at + CHUNK_BYTES))));
  return [part(1, query), ...chunks];
}

/** The manifests of a reply. */
export function manifestsIn(message: Uint8Array): readonly string[] {
  const reader = new BinaryReader(message);
  const manifests: string[] = [];
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number === 1) manifests.push(reader.string());
    else reader.skip(type);
  }
  return manifests;
}

const part = (number: number, message: Uint8Array): Uint8Array => field(number, message);

/** A message of one field. */
export const field = (number: number, value: Uint8Array): Uint8Array =>
  new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(value).finish();

/** A message of texts; empty ones are left out. */
export function texts(fields: readonly (readonly [number: number, text: string])[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const [number, text] of fields)
    if (text !== '') writer.tag(number, WireType.LengthDelimited).string(text);
  return writer.finish();
}
