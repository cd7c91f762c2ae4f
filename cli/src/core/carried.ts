import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { getRawAsset, isSea } from 'node:sea';
import { zstdDecompressSync } from 'node:zlib';

/** What an executable carries, compressed: the bundle of the server, and the modules that it and the client run. */
export type Carried = 'api-server.js' | 'wasm/tiphys-go.wasm' | 'wasm/lua-5.2.wasm';

let folder: string | undefined;

/** A private folder that goes with this process. */
export function privateFolder(): string {
  if (folder !== undefined) return folder;
  const made = mkdtempSync(join(tmpdir(), 'tiphys-'));
  process.on('exit', () => {
    rmSync(made, { recursive: true, force: true });
  });
  return (folder = made);
}

/** Unpacks a part into the private folder, and tells where it is. */
export function unpack(part: Carried): string {
  const file = join(privateFolder(), part);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, zstdDecompressSync(new Uint8Array(getRawAsset(part))));
  return file;
}

/** Where a part is, unpacked; undefined in a client that is no executable, which finds it beside itself. */
export const carried = (part: Carried): string | undefined => (isSea() ? unpack(part) : undefined);
