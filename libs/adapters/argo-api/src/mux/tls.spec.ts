import { describe, expect, it } from 'vitest';
import { CIPHER_NAMES, secureOptions } from './tls.ts';

const pair = { certificate: 'c', key: 'k' };

describe('what connections are secured with', () => {
  it('is TLS 1.2 or 1.3 with forward secrecy, the choice of the server first', () => {
    expect(secureOptions(pair)).toMatchObject({
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.3',
      honorCipherOrder: true,
      ciphers: expect.stringMatching(/:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384$/u),
    });
  });

  it('can be narrowed', () => {
    const options = secureOptions(pair, { minVersion: '1.3', ciphers: CIPHER_NAMES });
    expect(options).toMatchObject({ minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' });
  });

  it.each([
    [{ minVersion: '1.3', maxVersion: '1.2' } as const, 'TLS 1.3 as the least and 1.2 as the most is none'],
    [{ ciphers: ['TLS_RSA_WITH_RC4_128_SHA'] }, 'the cipher suite TLS_RSA_WITH_RC4_128_SHA is not one of'],
  ])('is refused as %j', (limits, message) => {
    expect(() => secureOptions(pair, limits)).toThrow(message);
  });
});
