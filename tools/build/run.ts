import { mkdir } from 'node:fs/promises';
import { ensureGoWasm } from '@tiphys/wasm-tools';
import { bundle } from './src/bundle.ts';
import { distDir, findEntries } from './src/entries.ts';
import { isFresh, stampOf, writeStamp } from './src/stamp.ts';

const start = performance.now();
await mkdir(distDir, { recursive: true });
const wasm = ensureGoWasm({ onProgress: (line) => console.log(line) });
const stale = findEntries().filter(({ name }) => !isFresh({ name, folder: distDir }));
for (const entry of stale) {
  const { inputs } = await bundle(entry);
  writeStamp({ name: entry.name, folder: distDir }, stampOf(inputs));
}
await wasm;
if (stale.length > 0) {
  const names = stale.map((entry) => entry.name).join(', ');
  console.log(`built ${names} in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}
