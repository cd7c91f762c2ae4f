export { createGoRuntime, type GoRuntimeOptions } from './go-runtime.ts';
