import { ensureGoWasm } from './build.ts';

const path = await ensureGoWasm({ onProgress: (line) => console.log(line) });
console.log(path);
