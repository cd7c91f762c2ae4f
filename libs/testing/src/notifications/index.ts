export { exampleConfig, secrets, type Receivers } from './example-config.ts';
export type { Service } from './service-process.ts';
export { createWorld, installCrds, type World } from './world.ts';
