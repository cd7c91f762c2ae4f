export {
  readRecordings,
  recordingsFolder,
  sessionsFolder,
  type Recording,
  type Recordings,
} from './recording.ts';
export { differencesOf, unexplained, type Difference, type KnownDifference } from './differences.ts';
export { recordedNames, type Translation } from './translation.ts';
export {
  misplacedTransitions,
  transitionOf,
  type Aspect,
  type Misplaced,
  type Transition,
} from './transitions.ts';
