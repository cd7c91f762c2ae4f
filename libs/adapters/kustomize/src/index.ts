export { KustomizeRenderer, type KustomizeRendererOptions } from './renderer.ts';
export { kustomizeInputs, kustomizationFileNames, type KustomizeInputs } from './inputs.ts';
export { parseBuildOptions, type BuildOptions } from './build-options.ts';
