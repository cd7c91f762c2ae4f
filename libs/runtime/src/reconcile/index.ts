export { createInProcessQueue, type InProcessQueueOptions } from './in-process-queue.ts';
export { createBackoff, type Backoff } from './backoff.ts';
