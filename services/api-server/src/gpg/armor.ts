import { TiphysError } from '@tiphys/model';

const BEGIN = '-----BEGIN PGP PUBLIC KEY BLOCK-----';
const END = '-----END PGP PUBLIC KEY BLOCK-----';

/** An armoured block: its text, and the packets in it. */
export interface ArmouredBlock {
  readonly text: string;
  readonly bytes: Buffer;
}

/** The blocks of public keys in a text. @throws TiphysError `invalid` for one that is damaged */
export function blocksIn(text: string): readonly ArmouredBlock[] {
  const blocks: ArmouredBlock[] = [];
  for (let start = text.indexOf(BEGIN); start >= 0;) {
    const inside = start + BEGIN.length;
    const end = text.indexOf(END, inside);
    if (end < 0) break;
    const after = end + END.length;
    blocks.push({ text: text.slice(start, after), bytes: bytesOf(text.slice(inside, end)) });
    start = text.indexOf(BEGIN, after);
  }
  return blocks;
}

/** Headers end at the first empty line; the last line may hold a checksum. */
function bytesOf(inside: string): Buffer {
  const [rest, ...lines] = inside.split(/\r?\n/u).map((line) => line.trim());
  if (rest !== '') throw damaged();
  const start = lines.indexOf('');
  const body = lines.slice(start + 1).filter((line) => line !== '');
  const checksum = body.at(-1)?.startsWith('=') === true ? body.pop() : undefined;
  const data = body.join('');
  if (!/^[A-Za-z0-9+/]+={0,2}$/u.test(data)) throw damaged();
  const bytes = Buffer.from(data, 'base64');
  if (checksum !== undefined && checksum.slice(1) !== checksumOf(bytes)) throw damaged();
  return bytes;
}

/** A block of its own for a part of the packets. */
export function armoured(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/gu) ?? [];
  return [BEGIN, '', ...lines, `=${checksumOf(bytes)}`, END].join('\n');
}

/** CRC-24 as RFC 4880 has it, in base64. */
function checksumOf(bytes: Buffer): string {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit++) {
      crc <<= 1;
      if (crc & 0x1000000) crc ^= 0x1864cfb;
    }
  }
  return Buffer.from([(crc >> 16) & 0xff, (crc >> 8) & 0xff, crc & 0xff]).toString('base64');
}

const damaged = (): TiphysError => new TiphysError('invalid', 'the armour is damaged');
