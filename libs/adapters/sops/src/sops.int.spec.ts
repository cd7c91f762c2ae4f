import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TiphysError } from '@tiphys/model';
import { createProcessRunner, type ProcessRunner } from '@tiphys/adapter-process';
import { privateFolder, type PrivateFolder } from '@tiphys/testing/processes';
import { newAgeKey, newPgpKey, sopsEncrypt, type EncryptOptions, type PgpKey } from '@tiphys/testing/sops';
import { resolveTool } from '@tiphys/toolchain';
import { Keyring, refusingDecryptor, SopsSession, type KeyNames } from './index.ts';

const age = newAgeKey();
const SECRET =
  'apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  password: hunter2-hunter2\n  port: "8080"\n';

let folder: PrivateFolder;
let runner: ProcessRunner;
let pgp: PgpKey;
let program: string;
const open: Keyring[] = [];
let now = 0;

beforeAll(async () => {
  [folder, pgp, program] = await Promise.all([privateFolder('sops'), newPgpKey(), resolveTool('sops')]);
  runner = await createProcessRunner({ path: '/usr/bin:/bin', directory: join(folder.path, 'runs') });
});
afterAll(async () => {
  await Promise.all(open.map((one) => one.close()));
  await runner.close();
  await pgp.close();
  await folder.remove();
});

async function keyring(files: Readonly<Record<string, string>>): Promise<Keyring> {
  const keys = join(folder.path, `k${String(open.length)}`);
  await mkdir(keys);
  for (const [name, content] of Object.entries(files)) await writeFile(join(keys, name), content);
  const home = join(folder.path, `h${String(open.length)}`);
  const ring = new Keyring({ folder: keys, home, runner, now: () => now });
  open.push(ring);
  return ring;
}

const session = async (files: Readonly<Record<string, string>>): Promise<SopsSession> =>
  new SopsSession({ runner, keyring: await keyring(files), program });

const withAge = { 'keys.txt': `# created: today\n${age.identity}\n` };
const encrypt = (content: string, options: EncryptOptions): Promise<string> =>
  sopsEncrypt(content, { age: age.recipient, ...options });
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe('opening files', () => {
  it.each([
    ['a.yaml', SECRET],
    ['a.yml', `${SECRET}---\n${SECRET}`],
    ['a.json', '{"a":{"b":"hunter2"}}'],
    ['a.env', 'A=hunter2\nB=x y\n'],
    ['a.ini', '[x]\nA = hunter2\n'],
    ['tls.key', '-----BEGIN KEY-----\nhunter2\n'],
    ['no-ending', '\u0000\u0001binary'],
  ])('gives back what was encrypted: %s', async (name, content) => {
    const opening = await session(withAge);
    const plain = text(await opening.open(Buffer.from(await encrypt(content, { name })), name));
    expect(plain.replaceAll(/\s/g, '')).toBe(content.replaceAll(/\s/g, ''));
    expect(opening.hasOpened).toBe(true);
  });

  it('leaves what was left in the clear as it is', async () => {
    const content = await encrypt(SECRET, {
      name: 'a.yaml',
      flags: ['--encrypted-regex=^(data|stringData)$'],
    });
    expect(content).toContain('name: s');
    const plain = text(await (await session(withAge)).open(Buffer.from(content), 'a.yaml'));
    expect(plain).toContain('password: hunter2-hunter2');
    expect(plain).not.toContain('sops');
  });

  it('takes a manifest that was encrypted as a whole', async () => {
    const content = Buffer.from(await encrypt(SECRET, { name: 'x', flags: ['--input-type=binary'] }));
    const opening = await session(withAge);
    expect(text(await opening.open(content, 'secret.yaml', { isManifest: true }))).toBe(SECRET);
  });

  it.each([
    ['plain.yaml', SECRET],
    ['values.yaml', 'sops:\n  enabled: true\n'],
    ['broken.yaml', 'sops: [\n'],
    ['code.txt', 'this tells of sops and ENC[AES256_GCM, too'],
    ['a.env', 'A=sops\n'],
  ])('gives back other files untouched: %s', async (name, content) => {
    const bytes = Buffer.from(content);
    const opening = await session(withAge);
    expect(await opening.open(bytes, name)).toBe(bytes);
    expect(opening.hasOpened).toBe(false);
  });

  it('takes PGP keys, beside age keys', async () => {
    const { fingerprint, gnupgHome, privateKey } = pgp;
    const content = await sopsEncrypt('{"a":"hunter2"}', { name: 'a.json', pgp: fingerprint, gnupgHome });
    const opening = await session({ ...withAge, 'pgp.asc': privateKey });
    expect(JSON.parse(text(await opening.open(Buffer.from(content), 'a.json')))).toEqual({ a: 'hunter2' });
  });

  it('takes up keys that are added, and drops those that are gone', async () => {
    const ring = await keyring({});
    const content = Buffer.from(await encrypt(SECRET, { name: 'a.yaml' }));
    const opening = new SopsSession({ runner, keyring: ring, program });
    await expect(opening.open(content, 'a.yaml')).rejects.toThrow(/no keys are mounted/);
    const before = await ring.digest('all');
    const file = join(folder.path, `k${String(open.length - 1)}`, 'late.txt');
    await writeFile(file, age.identity);
    now += 60_000;
    expect(text(await opening.open(content, 'a.yaml'))).toContain('hunter2');
    expect(await ring.digest('all')).not.toBe(before);
    await rm(file);
    now += 60_000;
    await expect(opening.open(content, 'a.yaml')).rejects.toThrow(/no keys are mounted/);
  });
});

describe('what cannot be opened', () => {
  const failure = async (content: string, name = 'web/a.yaml', keys: Record<string, string> = withAge) =>
    (await session(keys)).open(Buffer.from(content), name, { isManifest: true }).then(
      () => new Error('it was opened'),
      (error: Error) => error,
    );

  it('was encrypted for somebody else', async () => {
    const content = await encrypt(SECRET, { name: 'a.yaml' });
    const error = await failure(content, 'web/a.yaml', { 'k.txt': newAgeKey().identity });
    expect(error).toMatchObject({ code: 'failed-precondition' });
    expect(error.message).toBe(
      `web/a.yaml cannot be opened by any of the SOPS keys here; it is encrypted for ${age.recipient}`,
    );
  });

  it('was changed: a value in the clear, a value that was encrypted, the MAC itself', async () => {
    const content = await encrypt(SECRET, { name: 'a.yaml', flags: ['--encrypted-regex=^stringData$'] });
    const changes: [RegExp, string][] = [
      [/name: s\n/, 'name: other\n'],
      [/(password: ENC\[AES256_GCM,data:)..../, '$1AAAA'],
      [/(mac: ENC\[AES256_GCM,data:)..../, '$1AAAA'],
    ];
    for (const [from, to] of changes) {
      const { message } = await failure(content.replace(from, to));
      expect(message).toMatch(/^web\/a\.yaml was changed after SOPS encrypted it/);
      expect(message).not.toContain('hunter2');
    }
  });

  it.each<[string, (encrypted: string) => string, RegExp]>([
    [
      'metadata that is missing',
      (e) => e.slice(0, e.indexOf('sops:')),
      /holds values that SOPS encrypted, but not its metadata/,
    ],
    ['a document in the clear beside', (e) => `${e}---\n${SECRET}`, /is encrypted in part/],
    ['a key sops and nothing encrypted', () => `${SECRET}sops: {}\n`, /has a key sops but is not encrypted/],
    ['metadata without MAC', (e) => e.replace(/ {4}mac: .*\n/, ''), /has a key sops but is not encrypted/],
    [
      'keys in the cloud only',
      (e) =>
        e.replace(
          / {4}age:[^]* {4}lastmod/,
          '    kms:\n        - arn: arn:aws:kms:x\n          enc: AAAA\n    lastmod',
        ),
      /for no age or PGP key; keys in the cloud are not asked/,
    ],
  ])('has %s', async (_what, change, message) => {
    const changed = change(await encrypt(SECRET, { name: 'a.yaml' }));
    expect((await failure(changed)).message).toMatch(message);
  });

  it('belongs to a project that does not allow it', async () => {
    const decryptor = refusingDecryptor('shop');
    const content = Buffer.from(await encrypt(SECRET, { name: 'a.yaml' }));
    await expect(decryptor.open(content, 'web/a.yaml')).rejects.toMatchObject({
      code: 'permission-denied',
      message: expect.stringMatching(/AppProject shop does not allow .*tiphys\.dev\/sops/) as string,
    });
    const plain = Buffer.from(SECRET);
    expect(await decryptor.open(plain, 'web/a.yaml')).toBe(plain);
  });

  it('meets a folder with a file that is no key', async () => {
    const content = await encrypt(SECRET, { name: 'a.yaml' });
    const { message } = await failure(content, 'a.yaml', { 'note.txt': 'hunter2' });
    expect(message).toBe('the SOPS key file note.txt holds no age or PGP key');
  });
});

it('keeps what it opened out of errors and their causes, in the forms that tools repeat', async () => {
  const opening = await session(withAge);
  await opening.open(Buffer.from(await encrypt(SECRET, { name: 'a.yaml' })), 'a.yaml');
  const encoded = Buffer.from('hunter2-hunter2').toString('base64');
  const error = new TiphysError('invalid', `wrong: hunter2-hunter2, "hunter2-hun...", "${encoded}", 8080`, {
    cause: new Error('hunter2-hunter2'),
  });
  const redacted = opening.redacted(error) as TiphysError;
  expect(redacted).toMatchObject({ code: 'invalid' });
  expect(redacted.cause).toBeUndefined();
  expect(redacted.message).toMatch(/^wrong: \*+, "\*+\.\.\.", "\*+", \*+$/);
  expect((await session(withAge)).redacted(error)).toBe(error);
});

describe('the keys of a project', () => {
  const ours = newAgeKey();
  const mounted = { 'ours.agekey': ours.identity, 'theirs.agekey': age.identity };
  const opens = async (keys: KeyNames, ring: Keyring): Promise<string> => {
    const content = Buffer.from(await encrypt(SECRET, { name: 'a.yaml' }));
    return text(await new SopsSession({ runner, keyring: ring, keys, program }).open(content, 'a.yaml'));
  };

  it('are all that opens its files', async () => {
    const ring = await keyring(mounted);
    expect(await opens('all', ring)).toContain('hunter2');
    expect(await opens(['theirs.agekey'], ring)).toContain('hunter2');
    await expect(opens(['ours.agekey'], ring)).rejects.toThrow(/cannot be opened by any of the SOPS keys/);
    const digests = await Promise.all(
      (['all', ['ours.agekey'], ['x']] as const).map((one) => ring.digest(one)),
    );
    expect(new Set(digests).size).toBe(3);
  });

  it('must be mounted', async () => {
    await expect(opens(['gone.agekey'], await keyring(mounted))).rejects.toThrow(
      /the AppProject names the keys gone\.agekey, which the secret of keys does not hold/,
    );
  });
});

describe('what runs', () => {
  /** Writes its environment, and then fails. */
  async function spyingProgram(): Promise<{ readonly path: string; seen(): Promise<string> }> {
    const [path, seen] = [join(folder.path, 'spy'), join(folder.path, 'seen')];
    await writeFile(path, `#!/bin/sh\nenv > ${seen}\nexit 1\n`, { mode: 0o755 });
    return { path, seen: () => readFile(seen, 'utf8') };
  }

  it('has no key in its environment, and no way to services of keys', async () => {
    const spy = await spyingProgram();
    const ring = await keyring({ ...withAge, 'pgp.asc': pgp.privateKey });
    const opening = new SopsSession({ runner, keyring: ring, program: spy.path });
    const content = Buffer.from(await encrypt(SECRET, { name: 'a.yaml' }));
    await expect(opening.open(content, 'a.yaml')).rejects.toThrow();
    const environment = await spy.seen();
    expect(environment).toMatch(/^SOPS_AGE_KEY_FILE=/m);
    expect(environment).toMatch(/^GNUPGHOME=/m);
    expect(environment).not.toMatch(/AGE-SECRET|PRIVATE KEY/);
  });

  it('asks no Vault on this machine that a file names', async () => {
    let calls = 0;
    const server = createServer((_request, response) => {
      calls += 1;
      response.end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const encrypted = await encrypt(SECRET, { name: 'a.yaml' });
    const vault =
      `    hc_vault:\n        - vault_address: http://127.0.0.1:${String(port)}\n          engine_path: sops\n` +
      '          key_name: k\n          created_at: "2026-01-01T00:00:00Z"\n          enc: vault:v1:AAAA\n    lastmod';
    const opening = await session({ 'k.txt': newAgeKey().identity });
    const content = Buffer.from(encrypted.replace('    lastmod', vault));
    await expect(opening.open(content, 'a.yaml')).rejects.toThrow(/cannot be opened by any/);
    await new Promise((resolve) => server.close(resolve));
    expect(calls).toBe(0);
  });

  it('leaves no files and no agent behind', async () => {
    const ring = await keyring({ ...withAge, 'pgp.asc': pgp.privateKey });
    const { gnupgHome = '', ageFile = '' } = await ring.keys('all');
    expect(await readdir(gnupgHome)).not.toEqual([]);
    expect((await stat(ageFile)).mode & 0o077).toBe(0);
    await ring.close();
    await expect(readdir(dirname(gnupgHome))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(join(folder.path, 'runs'))).toEqual([]);
  });

  it('forgets keys that were replaced', async () => {
    const ring = await keyring({ 'pgp.asc': pgp.privateKey });
    const { gnupgHome = '' } = await ring.keys('all');
    await writeFile(join(folder.path, `k${String(open.length - 1)}`, 'pgp.asc'), age.identity);
    now += 10_000;
    expect((await ring.keys('all')).gnupgHome).toBeUndefined();
    expect(await readdir(gnupgHome)).not.toEqual([]);
    now += 100_000;
    await ring.keys('all');
    await expect(readdir(gnupgHome)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
