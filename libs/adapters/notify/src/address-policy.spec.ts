import { describe, expect, it } from 'vitest';
import { TiphysError } from '@tiphys/model';
import { createAddressPolicy } from './index.ts';
import { createRedactor, redactedError } from './redaction.ts';

describe('createAddressPolicy', () => {
  it.each([
    '169.254.169.254',
    '169.254.0.1',
    '0.0.0.0',
    '100.100.100.200',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    'fe80::1',
    '[fe80::1]',
    'ff02::1',
    'fd00:ec2::254',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
  ])('refuses %s unless it is told otherwise', async (host) => {
    await expect(createAddressPolicy().resolve(host)).rejects.toMatchObject({ code: 'permission-denied' });
    expect(await createAddressPolicy({ allowLinkLocal: true }).resolve(host)).toHaveLength(1);
  });

  it.each([
    ['127.0.0.1', 4],
    ['10.1.2.3', 4],
    ['93.184.216.34', 4],
    ['[::1]', 6],
    ['2001:db8::1', 6],
  ])('lets %s through', async (host, family) => {
    expect(await createAddressPolicy().resolve(host)).toEqual([
      { address: host.replace(/[[\]]/g, ''), family },
    ]);
  });

  it('knows names and says when there is none', async () => {
    expect((await createAddressPolicy().resolve('localhost')).length).toBeGreaterThan(0);
    await expect(createAddressPolicy().resolve('no-such-host.invalid')).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});

describe('redaction', () => {
  const redact = createRedactor(['xoxb-1234', 'p@ss word', 'abc']);
  it.each([
    ['token xoxb-1234 is bad', 'token ******** is bad'],
    [`at http://h/?p=${encodeURIComponent('p@ss word')}`, 'at http://h/?p=********'],
    [`header ${Buffer.from('xoxb-1234').toString('base64')}`, 'header ********'],
    ['authorization: Basic dXNlcjpwYXNz was refused', 'authorization: Basic ******** was refused'],
    ['abc stays: too short to be told from words', 'abc stays: too short to be told from words'],
  ])('%s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it('keeps the code and drops the cause', () => {
    const error = new TiphysError('unavailable', 'xoxb-1234', {
      cause: new Error('xoxb-1234'),
      retryAfterMs: 5,
    });
    const shown = redactedError(error, redact);
    expect([shown.code, shown.message, shown.retryAfterMs, shown.cause]).toEqual([
      'unavailable',
      '********',
      5,
      undefined,
    ]);
  });
});
