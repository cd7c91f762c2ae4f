import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const BUNDLED = join('wasm', 'tiphys-go.wasm');

/** Where the Go module is: beside a bundled program, or in the `dist` of the source tree. */
export function findGoModule(directory: string): string {
  const beside = join(directory, BUNDLED);
  if (existsSync(beside)) return beside;
  for (let at = directory; dirname(at) !== at; at = dirname(at)) {
    const built = join(at, 'dist', BUNDLED);
    if (existsSync(built)) return built;
  }
  return beside;
}
