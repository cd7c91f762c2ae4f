export { compileGlob, type GlobOptions } from './glob.ts';
