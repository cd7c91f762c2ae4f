import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TiphysError } from '@tiphys/model';
import { armoured } from './armor.ts';
import { publicKeysIn } from './public-key.ts';

/** A packet of a version 4 key, and a user id. */
function rsaKey(owner: string, bits: 1024 | 2048): Buffer {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  const body = Buffer.concat([Buffer.from([4, 0, 0, 0, 1, 1]), mpi(n), mpi(e)]);
  return Buffer.concat([packet(6, body), packet(13, Buffer.from(owner))]);
}

function mpi(base64url: string): Buffer {
  const bytes = Buffer.from(base64url, 'base64url');
  const bits = bytes.length * 8 - Math.clz32(bytes[0] ?? 0) + 24;
  return Buffer.concat([Buffer.from([bits >> 8, bits & 0xff]), bytes]);
}

function packet(tag: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x80 | (tag << 2) | 1, body.length >> 8, body.length & 0xff]), body]);
}

describe('public keys', () => {
  it('are told apart in one block and in several, each in a block of its own afterwards', () => {
    const both = Buffer.concat([
      rsaKey('One <one@example.com>', 2048),
      rsaKey('Two <two@example.com>', 1024),
    ]);
    const third = armoured(rsaKey('Three', 2048));
    const keys = publicKeysIn(`text before\n${armoured(both)}\n\n${third}\n`);
    expect(keys.map(({ owner, type }) => [owner, type])).toEqual([
      ['One <one@example.com>', 'rsa2048'],
      ['Two <two@example.com>', 'rsa1024'],
      ['Three', 'rsa2048'],
    ]);
    expect(keys[2]?.armoured).toBe(third);
    for (const key of keys) {
      expect(key.id).toBe(key.fingerprint.slice(24));
      expect(publicKeysIn(key.armoured)).toEqual([key]);
    }
  });

  it.each([
    ['no block', 'not a key', /no public key/],
    ['a secret key', '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nAAAA\n', /secret key/],
    ['a secret key in a public block', armoured(packet(5, Buffer.from([4]))), /secret key/],
    ['a wrong checksum', armoured(rsaKey('x', 1024)).replace(/\n=.{4}\n/, '\n=AAAA\n'), /damaged/],
    ['packets that are cut off', armoured(rsaKey('x', 1024).subarray(0, 40)), /cut off/],
    ['a key of another version', armoured(packet(6, Buffer.from([3, 0, 0, 0, 0, 1]))), /version 4/],
  ])('are refused: %s', (_what, text, reason) => expect(() => publicKeysIn(text)).toThrow(reason));

  it('never end in anything but a key or an error that says why', () => {
    const whole = rsaKey('Some One', 1024);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(whole.length), (noise, at) => {
        const bytes = Buffer.concat([whole.subarray(0, at), noise, whole.subarray(at)]);
        try {
          publicKeysIn(armoured(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(TiphysError);
        }
      }),
    );
  });
});
