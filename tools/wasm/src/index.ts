export { ensureGoWasm, goWasmDistPath, type EnsureGoWasmOptions } from './build.ts';
