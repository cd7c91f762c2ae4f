export { JsonnetEvaluator, type JsonnetEvaluatorOptions } from './evaluator.ts';
