import { createHash } from 'node:crypto';
import { TiphysError } from '@tiphys/model';
import { armoured, blocksIn } from './armor.ts';
import { packetTags, packetsIn } from './packets.ts';
import type { Packet } from './packets.ts';

/** A public key of OpenPGP. */
export interface PublicKey {
  /** 16 hexadecimal digits. */
  readonly id: string;
  readonly fingerprint: string;
  /** The first user id. */
  readonly owner: string;
  /** `rsa2048`, `ed25519`, … */
  readonly type: string;
  readonly armoured: string;
}

const MAX_KEYS = 100;

/** Names of curves by their object identifiers, in hexadecimal. */
const CURVES: Readonly<Record<string, string>> = {
  '2b06010401da470f01': 'ed25519',
  '2b060104019755010501': 'cv25519',
  '2a8648ce3d030107': 'nistp256',
  '2b81040022': 'nistp384',
  '2b81040023': 'nistp521',
  '2b2403030208010107': 'brainpoolP256r1',
  '2b240303020801010b': 'brainpoolP384r1',
  '2b240303020801010d': 'brainpoolP512r1',
  '2b8104000a': 'secp256k1',
};

/** Algorithms by their numbers: those whose name goes before the size, and those of curves. */
const SIZED: Readonly<Record<number, string>> = { 1: 'rsa', 2: 'rsa', 3: 'rsa', 16: 'elg', 17: 'dsa' };
const CURVED: ReadonlySet<number> = new Set([18, 19, 22]);

/**
 * The public keys in a text of armoured blocks, each in a block of its own. They are read, not judged: signatures are
 * checked by those who use them. @throws TiphysError `invalid` for a text without one, a secret key, or damaged data
 */
export function publicKeysIn(text: string): readonly PublicKey[] {
  if (/BEGIN PGP PRIVATE KEY/u.test(text))
    throw new TiphysError('invalid', 'this is a secret key; give the public one');
  const keys = blocksIn(text).flatMap((block) => {
    const groups = groupsOf(packetsIn(block.bytes));
    return groups.map((packets) =>
      keyOf(
        packets,
        groups.length === 1 ? block.text : armoured(Buffer.concat(packets.map(({ whole }) => whole))),
      ),
    );
  });
  if (keys.length === 0) throw new TiphysError('invalid', 'there is no public key in it');
  if (keys.length > MAX_KEYS) throw new TiphysError('invalid', `there are more than ${MAX_KEYS} keys in it`);
  return keys;
}

/** Packets from one primary key to the next. */
function groupsOf(packets: readonly Packet[]): readonly (readonly Packet[])[] {
  const groups: Packet[][] = [];
  for (const packet of packets) {
    if (packet.tag === packetTags.secretKey || packet.tag === packetTags.secretSubkey) {
      throw new TiphysError('invalid', 'this is a secret key; give the public one');
    }
    if (packet.tag === packetTags.publicKey) groups.push([packet]);
    else groups.at(-1)?.push(packet);
  }
  return groups;
}

function keyOf(packets: readonly Packet[], armour: string): PublicKey {
  const [primary] = packets;
  const body = primary?.body ?? Buffer.alloc(0);
  if (body[0] !== 4) throw new TiphysError('invalid', 'only keys of version 4 are read');
  const head = Buffer.from([0x99, body.length >> 8, body.length & 0xff]);
  const fingerprint = createHash('sha1').update(head).update(body).digest('hex').toUpperCase();
  const owner = packets.find(({ tag }) => tag === packetTags.userId)?.body.toString('utf8') ?? '';
  return {
    id: fingerprint.slice(-16),
    fingerprint,
    owner: owner.replaceAll(/\p{Cc}/gu, ' '),
    type: typeOf(body),
    armoured: armour.trim(),
  };
}

/** After version and time stands the algorithm, then the numbers of the key. */
function typeOf(body: Buffer): string {
  const algorithm = body[5] ?? 0;
  const name = SIZED[algorithm];
  if (name !== undefined && body.length >= 8) return `${name}${body.readUInt16BE(6)}`;
  if (CURVED.has(algorithm)) {
    const oid = body.subarray(7, 7 + (body[6] ?? 0)).toString('hex');
    return CURVES[oid] ?? 'ecc';
  }
  throw new TiphysError('invalid', `keys of the algorithm ${algorithm} are not read`);
}
