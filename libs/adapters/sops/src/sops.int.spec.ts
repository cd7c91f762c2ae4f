import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProcessRunner, type ProcessRunner } from '@tiphys/adapter-process';
import { privateFolder, type PrivateFolder } from '@tiphys/testing/processes';
import { newAgeKey, newPgpKey, sopsEncrypt, type EncryptOptions, type PgpKey } from '@tiphys/testing/sops';
import { resolveTool } from '@tiphys/toolchain';
import { Keyring, refusingDecryptor, SopsSession } from './index.ts';

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
    const before = await ring.keys();
    const file = join(folder.path, `k${String(open.length - 1)}`, 'late.txt');
    await writeFile(file, age.identity);
    now += 60_000;
    expect(text(await opening.open(content, 'a.yaml'))).toContain('hunter2');
    expect((await ring.keys()).digest).not.toBe(before.digest);
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

it('keeps what it opened out of texts, in the forms that tools repeat', async () => {
  const opening = await session(withAge);
  await opening.open(Buffer.from(await encrypt(SECRET, { name: 'a.yaml' })), 'a.yaml');
  const encoded = Buffer.from('hunter2-hunter2').toString('base64');
  expect(opening.redact(`error: hunter2-hunter2 at "${encoded}" on 8080`)).toBe(
    'error: ****** at "******" on ******',
  );
});

it('leaves no files and no agent behind', async () => {
  const ring = await keyring({ 'pgp.asc': pgp.privateKey });
  const home = (await ring.keys()).env['GNUPGHOME'] ?? '';
  expect(await readdir(home)).not.toEqual([]);
  await ring.close();
  await expect(readdir(home)).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await readdir(join(folder.path, 'runs'))).toEqual([]);
});
