import { Queue, UnrecoverableError, Worker, type Job } from 'bullmq';
import { isTiphysError, type ErrorCode } from '@tiphys/model';
import type { DeliveryQueue, QueuedDelivery } from '@tiphys/ports';
import {
  connect,
  within,
  type Connections,
  type QueueEndpoint,
  type QueueFailureListener,
} from './connection.ts';

/** Makes what lies in Redis unreadable as anything else: bound to the delivery and authenticated. */
export interface DeliveryCodec {
  seal(text: string, id: string): Promise<string>;
  /** Undefined where it was not sealed by us for this id. */
  open(sealed: string, id: string): Promise<string | undefined>;
}

export interface DeliveryQueueOptions {
  readonly endpoint: QueueEndpoint;
  /** Default `notifications`. */
  readonly name?: string;
  readonly codec: DeliveryCodec;
  readonly onFailure: QueueFailureListener;
  /** Told when a delivery is given up, with the error of its last attempt. */
  readonly onGivenUp?: (id: string, error: Error) => void;
  /** Tries before a delivery is given up; default 60, which is about 4 hours. */
  readonly attempts?: number;
  /** Wait after the first failure, doubled each time up to `maxBackoffMs`; defaults 1,000 and 300,000 ms. */
  readonly backoffMs?: number;
  readonly maxBackoffMs?: number;
  /** How long a worker that died may hold a delivery; default 10,000 ms. */
  readonly lockMs?: number;
  /** After so long a delivery that was given up starts again when it is added again; default 3,600,000 ms. */
  readonly reviveAfterMs?: number;
}

interface JobData {
  readonly sealed: string;
}

interface Content {
  readonly payload: string;
  readonly sent: boolean;
}

/** The far side will say the same again, whatever we wait. */
const final: ReadonlySet<ErrorCode> = new Set([
  'invalid',
  'permission-denied',
  'unauthenticated',
  'not-found',
  'failed-precondition',
]);

const COMMAND_MS = 2_000;
const KEEP_FAILED = { age: 7 * 24 * 3_600, count: 10_000 };

/** Deliveries in Redis, at most one of an id, handled at least once. */
export function createDeliveryQueue(options: DeliveryQueueOptions): DeliveryQueue {
  const { name = 'notifications', codec, onFailure, reviveAfterMs = 3_600_000 } = options;
  const connections = connect(options.endpoint, onFailure);
  const queue = new Queue<JobData>(name, { connection: connections.producer, skipVersionCheck: true });
  queue.on('error', (error) => onFailure('queue failed', error));
  const workers: Worker<JobData>[] = [];

  const add = async (id: string, payload: string): Promise<boolean> => {
    const known = await queue.getJob(id);
    if (known === undefined) {
      const data = await sealContent(codec, { payload, sent: false }, id);
      await queue.add('delivery', data, jobOptions(id, options));
      return true;
    }
    if (known.finishedOn === undefined || Date.now() - known.finishedOn < reviveAfterMs) return false;
    const sent = (await openContent(codec, known.data, id))?.sent ?? false;
    await known.updateData(await sealContent(codec, { payload, sent }, id));
    await known.retry('failed', { resetAttemptsMade: true });
    return true;
  };
  return {
    get ready() {
      return connections.producer.status === 'ready';
    },
    add: ({ id, payload }) => within(COMMAND_MS, add(id, payload)),
    process(concurrency, handler) {
      workers.push(startWorker({ ...options, name, concurrency }, connections, handler));
    },
    remove: (id) => within(COMMAND_MS, removeUnlessRunning(queue, id)),
    retryFailed: () => within(COMMAND_MS, queue.retryJobs({ state: 'failed' })),
    async close() {
      await Promise.all(workers.map((worker) => worker.close()));
      await queue.close();
      connections.disconnect();
    },
  };
}

type Handler = (delivery: QueuedDelivery) => Promise<void>;

function startWorker(
  options: DeliveryQueueOptions & { readonly name: string; readonly concurrency: number },
  { consumer }: Connections,
  handler: Handler,
): Worker<JobData> {
  const { name, concurrency, lockMs = 10_000 } = options;
  const running = new Map<string, Promise<void>>();
  const worker = new Worker<JobData>(
    name,
    (job) => {
      const id = job.id ?? '';
      // The lock may have been lost while Redis was away: the run that goes on here is the one that counts.
      const current = running.get(id) ?? handle(job, options, handler).finally(() => running.delete(id));
      running.set(id, current);
      return current;
    },
    {
      connection: consumer,
      concurrency,
      skipVersionCheck: true,
      lockDuration: lockMs,
      stalledInterval: lockMs,
      maxStalledCount: 1_000,
      settings: { backoffStrategy: (attempts) => backoffOf(attempts, options) },
    },
  );
  worker.on('error', (error) => options.onFailure('queue worker failed', error));
  worker.on('failed', (job, error) => {
    if (job?.id !== undefined && job.finishedOn !== undefined) options.onGivenUp?.(job.id, error);
  });
  return worker;
}

async function handle(job: Job<JobData>, options: DeliveryQueueOptions, handler: Handler): Promise<void> {
  const { codec } = options;
  const id = job.id ?? '';
  const content = await openContent(codec, job.data, id);
  if (content === undefined) {
    // Ended, not failed: whoever finds the message due adds it again.
    return options.onFailure('queued delivery is not authentic', new Error(`delivery ${id} is dropped`));
  }
  const markSent = async (): Promise<void> => {
    const data = await sealContent(codec, { ...content, sent: true }, id);
    await within(COMMAND_MS, job.updateData(data));
  };
  try {
    await handler({ id, ...content, attempt: job.attemptsMade + 1, markSent });
  } catch (error) {
    if (isTiphysError(error) && final.has(error.code)) throw new UnrecoverableError(error.message);
    throw error;
  }
}

const sealContent = async (codec: DeliveryCodec, content: Content, id: string): Promise<JobData> => ({
  sealed: await codec.seal(JSON.stringify(content), id),
});

async function openContent(codec: DeliveryCodec, data: JobData, id: string): Promise<Content | undefined> {
  const text = typeof data.sealed === 'string' ? await codec.open(data.sealed, id) : undefined;
  return text === undefined ? undefined : (JSON.parse(text) as Content);
}

const jobOptions = (jobId: string, { attempts = 60 }: DeliveryQueueOptions) => ({
  jobId,
  attempts,
  backoff: { type: 'custom' },
  removeOnComplete: true,
  removeOnFail: KEEP_FAILED,
});

function backoffOf(
  attempts: number,
  { backoffMs = 1_000, maxBackoffMs = 300_000 }: DeliveryQueueOptions,
): number {
  const full = Math.min(maxBackoffMs, backoffMs * 2 ** Math.min(attempts - 1, 30));
  return Math.round(full * (0.75 + Math.random() / 4));
}

async function removeUnlessRunning(queue: Queue<JobData>, id: string): Promise<void> {
  const job = await queue.getJob(id);
  if (job === undefined || (await job.isActive())) return;
  await queue.remove(id);
}
