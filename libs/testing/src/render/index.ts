export { givenTree, type GivenTree, type TreeFiles } from './given-tree.ts';
export { renderContext, type ContextInput } from './context.ts';
export { toolRunner } from './tool-runner.ts';
