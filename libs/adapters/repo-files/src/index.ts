export { createRepoFiles } from './repo-root.ts';
