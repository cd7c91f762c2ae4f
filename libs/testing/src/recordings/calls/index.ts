export { type RecordedCall, recordedCalls, type Translate, replayCall, methodOf, timeless } from './calls.ts';
