export { startOciRegistry, type OciRegistry, type OciRegistryOptions } from './registry.ts';
export type { Artifact } from './push.ts';
