export { compileGlob, type GlobOptions } from './glob.ts';
export { generatePaths, isTouched } from './touched.ts';
