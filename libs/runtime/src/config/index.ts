export { configOfProcess } from './config-of-process.ts';
export { parseConfig, type ConfigSpec, type ConfigOption, type ConfigOf } from './parse-config.ts';
export { flags } from './kinds.ts';
export { parseGoDuration } from './go-duration.ts';
