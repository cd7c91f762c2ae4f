import { describe, expect, it } from 'vitest';
import { createLogger, redact } from './index.ts';

const canary = 'hunter2hunter2';

describe('redact', () => {
  it.each([
    ['user info of a URL', `cloning https://bob:${canary}@git.example.com/x failed`],
    ['an authorization value', `sent Authorization: Bearer ${canary}`],
    ['a JWT', `eyJhbGciOi.${canary}.abc`],
    ['a private key', `-----BEGIN OPENSSH PRIVATE KEY-----\n${canary}\n-----END OPENSSH PRIVATE KEY-----`],
  ])('masks %s in text', (_name, text) => expect(JSON.stringify(redact(text))).not.toContain(canary));

  it('masks values under secret-looking keys at any depth', () => {
    const fields = {
      repository: { url: 'https://x', password: canary, sshPrivateKey: canary },
      list: [{ bearerToken: canary }],
    };
    expect(JSON.stringify(redact(fields))).not.toContain(canary);
  });

  it('masks what an error carries, its causes included', () => {
    const error = new Error('outer', { cause: new Error(`https://u:${canary}@h/`) });
    expect(JSON.stringify(redact({ error }))).not.toContain(canary);
  });

  it('leaves harmless fields alone', () =>
    expect(redact({ app: 'web', ms: 3 })).toEqual({ app: 'web', ms: 3 }));
});

describe('createLogger', () => {
  it('writes one JSON line with the fields of its parents', () => {
    const lines: string[] = [];
    createLogger({ service: 'x', write: (line) => lines.push(line) })
      .with({ app: 'web' })
      .info('synced', { ms: 5 });
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ service: 'x', app: 'web', ms: 5, msg: 'synced' });
  });

  it.each(['json', 'text'] as const)('keeps a forged line break inside its line of %s', (format) => {
    const lines: string[] = [];
    createLogger({ service: 'x', format, write: (line) => lines.push(line) }).info('got', {
      path: 'a\r\n{"level":50}',
    });
    expect(lines.join('').trimEnd().split('\n')).toHaveLength(1);
  });
});
