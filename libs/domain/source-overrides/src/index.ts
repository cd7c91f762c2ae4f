export { substituteEnv } from './substitute-env.ts';
export { substituteSource } from './substitute-source.ts';
export { buildEnvironment, type BuildEnvironmentInput } from './build-environment.ts';
export { mergeSourceOverrides, overrideFiles } from './merge-overrides.ts';
export { parseSourceOverrides, type SourceOverrides } from './schema.ts';
