export {
  type Exchange,
  recordingsPresent,
  type Recording,
  readRecording,
  readExchange,
  resolveSame,
  differences,
} from './exchanges.ts';
