import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TiphysError } from '@tiphys/model';

/** Which of the mounted keys may be used: all, or those of these names. */
export type KeyNames = 'all' | readonly string[];

/** One entry of the mounted secret. */
export interface KeyFile {
  readonly name: string;
  readonly content: Buffer;
}

const AGE = /^AGE-SECRET-KEY-.+$/gm;
const PGP = '-----BEGIN PGP PRIVATE KEY BLOCK-----';

/** The entries of a folder, as a secret is mounted, by name. */
export async function readKeyFiles(folder: string): Promise<readonly KeyFile[]> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
  return Promise.all(names.map(async (name) => ({ name, content: await readFile(join(folder, name)) })));
}

/** Those of the names; a name that is not there chooses nothing. */
export const chooseKeys = (files: readonly KeyFile[], names: KeyNames): readonly KeyFile[] =>
  names === 'all' ? files : files.filter(({ name }) => names.includes(name));

/** The age identities in a file; files are told apart by what they hold, so that their names are free. */
export const ageIdentities = ({ content }: KeyFile): readonly string[] =>
  isPgp({ content }) ? [] : (content.toString('latin1').match(AGE) ?? []).map((line) => line.trim());

/** Armoured, or the first byte of a packet that holds a private key. */
export const isPgp = ({ content }: Pick<KeyFile, 'content'>): boolean =>
  content.includes(PGP) || content[0] === 0x95 || content[0] === 0x94 || content[0] === 0xc5;

/** Throws `failed-precondition` where a file is no key, naming it and nothing of what it holds. */
export function assertKeys(files: readonly KeyFile[]): void {
  const other = files.find((file) => !isPgp(file) && ageIdentities(file).length === 0);
  if (other === undefined) return;
  throw new TiphysError('failed-precondition', `the SOPS key file ${other.name} holds no age or PGP key`);
}

/** Changes exactly when a file does. */
export function digestOf(files: readonly KeyFile[]): string {
  const hash = createHash('sha256');
  for (const { name, content } of files) hash.update(`${name}\0${String(content.length)}\0`).update(content);
  return hash.digest('hex');
}
