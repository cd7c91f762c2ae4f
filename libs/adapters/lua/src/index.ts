export { createLuaRunner, type LuaRunnerOptions } from './lua-runner.ts';
