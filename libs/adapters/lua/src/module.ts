import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { TiphysError } from '@tiphys/model';

/** The file's name beside a bundled program. */
const BUNDLED = join('wasm', 'lua-5.2.wasm');
const PACKAGED = 'lua-wasm-bindings/dist/glue/glue-lua-5.2.4.wasm';

const compiled = new Map<string, Promise<WebAssembly.Module>>();

/** The interpreter, compiled once a process; `failed-precondition` where its file is not installed. */
export function loadLua(path: string = locate()): Promise<WebAssembly.Module> {
  const known = compiled.get(path) ?? compile(path);
  compiled.set(path, known);
  known.catch(() => compiled.delete(path));
  return known;
}

async function compile(path: string): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(await readFile(path));
  } catch (cause) {
    throw new TiphysError(
      'failed-precondition',
      `the Lua interpreter ${path} cannot be read: build the services anew, or install the packages`,
      { cause },
    );
  }
}

function locate(): string {
  const beside = join(import.meta.dirname, BUNDLED);
  if (existsSync(beside)) return beside;
  try {
    return createRequire(import.meta.url).resolve(PACKAGED);
  } catch {
    return beside;
  }
}
