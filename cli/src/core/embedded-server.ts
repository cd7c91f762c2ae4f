import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { privateFolder, unpack } from './carried.ts';

/** An executable cannot import files by itself; a module on disk can. */
const LOADER = 'module.exports = (file) => import(file);\n';

/** Turns this process into the api-server that the executable carries. */
export async function runEmbeddedServer(argv: readonly string[]): Promise<void> {
  const folder = privateFolder();
  unpack('wasm/tiphys-go.wasm');
  unpack('wasm/lua-5.2.wasm');
  const program = unpack('api-server.js');
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n');
  writeFileSync(join(folder, 'loader.cjs'), LOADER);
  process.argv = [process.execPath, program, ...argv];
  const load = createRequire(program)('./loader.cjs') as (file: string) => Promise<unknown>;
  await load(pathToFileURL(program).href);
}
