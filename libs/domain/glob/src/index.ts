export { compileGlob, type GlobOptions } from './glob.ts';
export { compileRegex } from './regex.ts';
export { generatePaths, isTouched } from './touched.ts';
