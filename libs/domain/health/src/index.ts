export { endingHealthOf, hasHealthRule, healthOf, statusHealthOf } from './health-of.ts';
export { healthOfScript, type ScriptResult } from './script-result.ts';
export { worstOf } from './worst-of.ts';
