export { parseSchedule, nextTime, type Schedule } from './cron.ts';
export { occurrenceOf, type Occurrence } from './occurrence.ts';
export {
  activeWindows,
  judgeWindows,
  matchingWindows,
  type WindowQuestion,
  type WindowSubject,
  type WindowVerdict,
} from './sync-windows.ts';
