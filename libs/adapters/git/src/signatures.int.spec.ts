import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProcessRunner, type ProcessRunner } from '@tiphys/adapter-process';
import type { Repository } from '@tiphys/model';
import type { Keyring, SignatureQuery } from '@tiphys/ports';
import { startGitServer, type GitServer } from '@tiphys/testing/git-server';
import { privateFolder, type PrivateFolder } from '@tiphys/testing/processes';
import { createSigner, type Signer, type SigningKey } from '@tiphys/testing/signing';
import { createGitSource, createKeyring, type GitAdapter } from './index.ts';

let folder: PrivateFolder;
let runner: ProcessRunner;
let server: GitServer;
let git: GitAdapter;
let ann: Signer;
/** Lives in 2020, when its key was still good. */
let past: Signer;
let key: SigningKey;
let keys: string;
let keyring: Keyring;
const mistakes: string[] = [];

const path = (name: string): string => join(folder.path, 'repositories', `${name}.git`);
const addKey = async (signer: Signer, added: SigningKey): Promise<void> =>
  writeFile(join(keys, added.id), await signer.publicKey(added));

beforeAll(async () => {
  folder = await privateFolder('signatures');
  runner = await createProcessRunner({ path: '/usr/bin:/bin', directory: join(folder.path, 'runs') });
  server = await startGitServer({ directory: join(folder.path, 'repositories') });
  git = await createGitSource({
    runner,
    directory: join(folder.path, 'work'),
    versions: { maxSatisfying: () => Promise.resolve(undefined) },
  });
  [ann, past] = await Promise.all([createSigner(), createSigner({ at: '20200101T000000' })]);
  key = await ann.newKey('Ann');
  keys = join(folder.path, 'keys');
  await mkdir(keys);
  await addKey(ann, key);
  keyring = createKeyring({
    runner,
    source: keys,
    directory: join(folder.path, 'keyrings'),
    onMistake: (id, mistake) => mistakes.push(`${id} ${mistake}`),
  });
});

afterAll(async () => {
  await Promise.all([git.close(), server.close(), ann.close(), past.close()]);
  await runner.close();
  await folder.remove();
});

/** The verdicts on what a query is about. */
async function verdicts(name: string, query: Omit<SignatureQuery, 'keyring'>): Promise<readonly string[]> {
  const repository: Repository = { url: server.url(name), type: 'git' };
  const { home } = await keyring.current();
  const found = await git.signatures(repository, { ...query, keyring: home });
  return found.map(({ isTag, verdict, keyId }) => `${isTag ? 'tag ' : ''}${verdict} ${keyId}`.trim());
}

describe('signatures of commits', () => {
  it('tells the commit of a key in the keyring from all others', async () => {
    const unsigned = await server.createRepo('kinds', { a: '1' });
    expect(await verdicts('kinds', { sha: unsigned, depth: 'head' })).toEqual(['unsigned']);
    const signed = await ann.commit({ repository: path('kinds'), key });
    expect(await verdicts('kinds', { sha: signed, depth: 'head' })).toEqual([`signed ${key.id}`]);
    const stranger = await ann.newKey('Stranger');
    const foreign = await ann.commit({ repository: path('kinds'), key: stranger });
    expect(await verdicts('kinds', { sha: foreign, depth: 'head' })).toEqual([
      `signed with key not in keyring ${stranger.id}`,
    ]);
  });

  it('knows expired and revoked keys', async () => {
    await server.createRepo('ends', { a: '1' });
    const old = await past.newKey('Old', '30d');
    await addKey(past, old);
    const expired = await past.commit({ repository: path('ends'), key: old });
    expect(await verdicts('ends', { sha: expired, depth: 'head' })).toEqual([
      `signed with expired key ${old.id}`,
    ]);
    const lost = await ann.newKey('Lost');
    await addKey(ann, lost);
    const sha = await ann.commit({ repository: path('ends'), key: lost });
    expect(await verdicts('ends', { sha, depth: 'head' })).toEqual([`signed ${lost.id}`]);
    await ann.revoke(lost);
    await addKey(ann, lost);
    expect(await verdicts('ends', { sha, depth: 'head' })).toEqual([`signed with revoked key ${lost.id}`]);
  });

  it('goes back through the history to seals, fetching what is not there, and again after shallow fetches', async () => {
    const first = await server.createRepo('history', { a: '1' });
    const second = await ann.commit({ repository: path('history'), key });
    const third = await ann.commit({ repository: path('history'), key });
    expect(await verdicts('history', { sha: third, depth: 'head' })).toEqual([`signed ${key.id}`]);
    const all = [`signed ${key.id}`, `signed ${key.id}`, 'unsigned'];
    expect(await verdicts('history', { sha: third, depth: 'strict' })).toEqual(all);
    await git.fetch({ url: server.url('history'), type: 'git' }, second);
    await git.fetch({ url: server.url('history'), type: 'git' }, first);
    expect(await verdicts('history', { sha: third, depth: 'strict' })).toEqual(all);
    const message = 'Trust what came before\n\nArgocd-gpg-seal: reviewed by Ann';
    const seal = await ann.commit({ repository: path('history'), key, message });
    const next = await ann.commit({ repository: path('history'), key });
    expect(await verdicts('history', { sha: seal, depth: 'strict' })).toEqual([`signed ${key.id}`]);
    expect(await verdicts('history', { sha: next, depth: 'strict' })).toHaveLength(2);
    const forged = await ann.commit({ repository: path('history'), message });
    expect(await verdicts('history', { sha: forged, depth: 'strict' })).toEqual(['unsigned']);
  });
});

describe('signatures of tags', () => {
  it('stand for the commit with head, and come before the history with strict', async () => {
    const sha = await server.createRepo('tags', { a: '1' });
    await ann.tag(path('tags'), { name: 'v1', at: sha, key });
    await ann.tag(path('tags'), { name: 'v2', at: sha });
    await server.tag('tags', 'light', sha);
    expect(await verdicts('tags', { sha, tag: 'v1', depth: 'head' })).toEqual([`tag signed ${key.id}`]);
    expect(await verdicts('tags', { sha, tag: 'v1', depth: 'strict' })).toEqual([
      `tag signed ${key.id}`,
      'unsigned',
    ]);
    expect(await verdicts('tags', { sha, tag: 'v2', depth: 'head' })).toEqual(['tag unsigned']);
    expect(await verdicts('tags', { sha, tag: 'light', depth: 'head' })).toEqual(['unsigned']);
  });

  it('count only for the commit that they are of, as they are now', async () => {
    const sha = await server.createRepo('moved', { a: '1' });
    await ann.tag(path('moved'), { name: 'v1', at: sha, key });
    const other = await ann.commit({ repository: path('moved') });
    expect(await verdicts('moved', { sha: other, tag: 'v1', depth: 'head' })).toEqual(['unsigned']);
    await ann.tag(path('moved'), { name: 'v1', at: sha });
    expect(await verdicts('moved', { sha, tag: 'v1', depth: 'head' })).toEqual(['tag unsigned']);
  });
});

describe('the keyring', () => {
  it('follows the keys, keeps at most two, and leaves out what is not the key of its name', async () => {
    const before = await keyring.current();
    expect(await keyring.current()).toEqual(before);
    await writeFile(join(keys, 'AAAAAAAAAAAAAAAA'), await ann.publicKey(key));
    await writeFile(join(keys, 'BBBBBBBBBBBBBBBB'), 'no key');
    await writeFile(join(keys, 'README'), 'not looked at');
    const sha = await server.createRepo('keyring', { a: '1' });
    const signed = await ann.commit({ repository: path('keyring'), key });
    expect(await verdicts('keyring', { sha: signed, depth: 'head' })).toEqual([`signed ${key.id}`]);
    expect([...new Set(mistakes)].map((mistake) => mistake.slice(0, 30))).toEqual([
      `AAAAAAAAAAAAAAAA holds the key`,
      expect.stringContaining('BBBBBBBBBBBBBBBB '),
    ]);
    await rm(join(keys, key.id));
    expect(await verdicts('keyring', { sha: signed, depth: 'head' })).toEqual([
      `signed with key not in keyring ${key.id}`,
    ]);
    expect((await keyring.current()).id).not.toBe(before.id);
    expect((await readdir(join(folder.path, 'keyrings'))).length).toBeLessThanOrEqual(2);
    expect(sha).not.toBe(signed);
    await addKey(ann, key);
  });

  it('names what to install where there is no GnuPG, and never takes that for a verdict', async () => {
    const bare = await createProcessRunner({ path: '/nowhere', directory: join(folder.path, 'bare-runs') });
    const lacking = createKeyring({
      runner: bare,
      source: keys,
      directory: join(folder.path, 'no-gpg'),
      onMistake: (_key, mistake) => mistakes.push(mistake),
    });
    await expect(lacking.current()).rejects.toThrow(
      'program gpg is not installed: install GnuPG (apt-get install gnupg)',
    );
    await bare.close();
  });

  it('is empty where there is no directory', async () => {
    const none = createKeyring({
      runner,
      source: join(folder.path, 'absent'),
      directory: join(folder.path, 'no-keyrings'),
      onMistake: () => undefined,
    });
    expect((await none.current()).home).toContain('no-keyrings');
  });
});
