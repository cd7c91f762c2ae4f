export { JsonnetEvaluator, type JsonnetEvaluatorOptions } from './evaluator.ts';
export { jsonnetInputs, type JsonnetInputs, type JsonnetSettings } from './inputs.ts';
