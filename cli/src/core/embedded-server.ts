import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { getRawAsset } from 'node:sea';
import { pathToFileURL } from 'node:url';
import { zstdDecompressSync } from 'node:zlib';

/** The parts of the server inside an executable, compressed: its bundle, and what it looks for beside itself. */
const parts = ['api-server.js', 'wasm/tiphys-go.wasm', 'wasm/lua-5.2.wasm'] as const;

/** An executable cannot import files by itself; a module on disk can. */
const LOADER = 'module.exports = (file) => import(file);\n';

/** Turns this process into the api-server that the executable carries, in a private folder that goes with it. */
export async function runEmbeddedServer(argv: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tiphys-server-'));
  process.on('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  for (const part of parts) {
    const file = join(folder, part);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, zstdDecompressSync(new Uint8Array(getRawAsset(part))));
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n');
  writeFileSync(join(folder, 'loader.cjs'), LOADER);
  const program = join(folder, 'api-server.js');
  process.argv = [process.execPath, program, ...argv];
  const load = createRequire(program)('./loader.cjs') as (file: string) => Promise<unknown>;
  await load(pathToFileURL(program).href);
}
