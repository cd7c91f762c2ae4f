export { hasHealthRule, healthOf, statusHealthOf } from './health-of.ts';
export { worstOf } from './worst-of.ts';
