export type { QueueEndpoint, QueueFailureListener } from './connection.ts';
export { createDeliveryQueue, type DeliveryCodec, type DeliveryQueueOptions } from './delivery-queue.ts';
export { createBullWorkQueue, type BullWorkQueueOptions } from './work-queue.ts';
