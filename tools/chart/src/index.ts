export { chartDir, crdDirs, repoRoot } from './paths.ts';
export type { Definition, DefinitionVersion } from './crds/definition.ts';
export type { Schema } from './crds/schema.ts';
