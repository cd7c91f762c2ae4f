export { enabledReasons, EVENT_REASONS, type AppEvent, type EventReason } from './app-event.ts';
export { EventRecorder, type EventRecorderOptions } from './recorder.ts';
