export { fuzz } from './fuzz.ts';
export { hostileText } from './hostile-text.ts';
