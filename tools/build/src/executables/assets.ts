import { createRequire } from 'node:module';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zstdCompress } from 'node:zlib';
import { distDir } from '../entries.ts';

const compress = promisify(zstdCompress);
const LUA = 'lua-wasm-bindings/dist/glue/glue-lua-5.2.4.wasm';

/** The server inside an executable: its bundle, and the modules that it looks for beside itself. */
const parts: readonly (readonly [name: string, path: () => string])[] = [
  ['api-server.js', () => join(distDir, 'api-server.js')],
  ['wasm/tiphys-go.wasm', () => join(distDir, 'wasm', 'tiphys-go.wasm')],
  ['wasm/lua-5.2.wasm', () => createRequire(import.meta.url).resolve(LUA)],
];

/** Writes the parts compressed; resolves with the file of each name. */
export async function writeAssets(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await Promise.all(
    parts.map(async ([name, path]) => {
      const file = join(folder, `${name.replace('/', '-')}.zst`);
      await writeFile(file, await compress(await readFile(path())));
      return [name, file] as const;
    }),
  );
  return Object.fromEntries(entries);
}
