export { createGoRuntime, type GoRuntimeOptions } from './go-runtime.ts';
export { createJq, type JqOptions } from './jq.ts';
export { findGoModule } from './find-go-module.ts';
