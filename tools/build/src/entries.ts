import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root: string = resolve(import.meta.dirname, '..', '..', '..');
export const distDir: string = join(root, 'dist');

/** A program: what it is bundled from, and its name in `dist/`. */
export interface Entry {
  readonly name: string;
  readonly source: string;
}

/** Each service that has a `main.ts`, as `dist/<service>.js`, and the CLI as `dist/tiphys.js`. */
export function findEntries(): Entry[] {
  const services = readdirSync(join(root, 'services')).sort();
  return [
    ...services.map((name) => ({ name, source: join(root, 'services', name, 'src', 'main.ts') })),
    { name: 'tiphys', source: join(root, 'cli', 'src', 'main.ts') },
  ].filter(({ source }) => existsSync(source));
}
