import { readFile, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { join as joinPosix } from 'node:path/posix';
import type { FileDecryptor, RenderContext } from '@tiphys/ports';
import type { ResolvedFile } from './value-files.ts';

const CHART_VALUES = 'values.yaml';

/** Puts encrypted files in the clear below a private directory; others stay where they are. */
export class FileOpener {
  readonly #decryptor: FileDecryptor | undefined;
  readonly #scratch: string;
  #number = 0;

  constructor(decryptor: FileDecryptor | undefined, scratch: string) {
    this.#decryptor = decryptor;
    this.#scratch = scratch;
  }

  async open(files: readonly ResolvedFile[]): Promise<readonly ResolvedFile[]> {
    const opened: ResolvedFile[] = [];
    for (const file of files) opened.push((await this.#plainOf(file)) ?? file);
    return opened;
  }

  /** The chart's own values where they are encrypted: given like any others, they stand over the ciphertext. */
  async chartValues({ root, path }: RenderContext, chart: string): Promise<readonly ResolvedFile[]> {
    const name = joinPosix(path, CHART_VALUES);
    if (this.#decryptor === undefined || !(await root.exists(name))) return [];
    const plain = await this.#plainOf({ file: join(chart, CHART_VALUES), name });
    return plain === undefined ? [] : [plain];
  }

  async #plainOf({ file, name }: ResolvedFile): Promise<ResolvedFile | undefined> {
    if (this.#decryptor === undefined) return undefined;
    const content = await readFile(file);
    const plain = await this.#decryptor.open(content, name);
    if (plain === content) return undefined;
    const target = join(this.#scratch, `plain-${String((this.#number += 1))}${extname(name)}`);
    await writeFile(target, plain, { mode: 0o600, flag: 'wx' });
    return { file: target, name };
  }
}
