export {
  type RecordedCall,
  recordedCalls,
  type Translate,
  replayCall,
  messageOf,
  methodOf,
  timeless,
} from './calls.ts';
