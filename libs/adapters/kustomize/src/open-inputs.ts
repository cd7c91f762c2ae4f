import { join } from 'node:path/posix';
import { readFile } from 'node:fs/promises';
import type { RenderContext } from '@tiphys/ports';
import type { KustomizeInputs } from './inputs.ts';

/** The encrypted files among those that a build reads, in the clear, by their path from the root. */
export async function openInputs(
  { root, decryptor }: RenderContext,
  inputs: KustomizeInputs,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const opened = new Map<string, Uint8Array>();
  if (decryptor === undefined) return opened;
  const inside = await Promise.all(
    inputs.directories.map(async (home) => (await root.walk(home)).map((file) => join(home, file))),
  );
  for (const file of new Set([...inputs.files, ...inside.flat()])) {
    const content = await readFile(await root.resolve(file));
    const plain = await decryptor.open(content, file);
    if (plain !== content) opened.set(file, plain);
  }
  return opened;
}
