export { createProcessRunner, type ProcessRunner, type ProcessRunnerOptions } from './runner.ts';
export { redact } from './redact.ts';
