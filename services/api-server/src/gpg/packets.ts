import { TiphysError } from '@tiphys/model';

/** Kinds of packets that matter here (RFC 4880, 4.3). */
export const packetTags = { secretKey: 5, publicKey: 6, secretSubkey: 7, userId: 13 } as const;

export interface Packet {
  readonly tag: number;
  readonly body: Buffer;
  /** The packet with its header. */
  readonly whole: Buffer;
}

/** The packets of a message, in order. @throws TiphysError `invalid` for bytes that are no packets */
export function packetsIn(bytes: Buffer): readonly Packet[] {
  const packets: Packet[] = [];
  for (let at = 0; at < bytes.length;) {
    const { tag, start, length } = headerAt(bytes, at);
    if (start + length > bytes.length) throw cut();
    packets.push({
      tag,
      body: bytes.subarray(start, start + length),
      whole: bytes.subarray(at, start + length),
    });
    at = start + length;
  }
  return packets;
}

interface Header {
  readonly tag: number;
  readonly start: number;
  readonly length: number;
}

function headerAt(bytes: Buffer, at: number): Header {
  const first = bytes[at] ?? 0;
  if ((first & 0x80) === 0) throw new TiphysError('invalid', 'these are no OpenPGP packets');
  return (first & 0x40) === 0 ? oldHeader(bytes, at, first) : newHeader(bytes, at, first & 0x3f);
}

function oldHeader(bytes: Buffer, at: number, first: number): Header {
  const tag = (first >> 2) & 0x0f;
  const size = [1, 2, 4][first & 0x03];
  if (size === undefined || at + 1 + size > bytes.length) throw cut();
  return { tag, start: at + 1 + size, length: bytes.readUIntBE(at + 1, size) };
}

function newHeader(bytes: Buffer, at: number, tag: number): Header {
  const one = bytes[at + 1];
  if (one === undefined) throw cut();
  if (one < 192) return { tag, start: at + 2, length: one };
  if (one < 224) {
    const two = bytes[at + 2];
    if (two === undefined) throw cut();
    return { tag, start: at + 3, length: ((one - 192) << 8) + two + 192 };
  }
  if (one !== 255 || at + 6 > bytes.length) throw cut();
  return { tag, start: at + 6, length: bytes.readUInt32BE(at + 2) };
}

const cut = (): TiphysError => new TiphysError('invalid', 'the OpenPGP packets are cut off');
