export { HelmRenderer, type HelmRendererOptions } from './renderer.ts';
export type { DependencySources } from './dependencies.ts';
export {
  HelmRepositorySource,
  type HelmRepository,
  type HelmRepositoryOptions,
} from './repository/source.ts';
