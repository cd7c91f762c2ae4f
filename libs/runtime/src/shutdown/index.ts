import type { Logger } from '@tiphys/ports';

export interface RunOptions {
  readonly logger: Logger;
  /** Builds and starts the service; returns how to stop it. */
  readonly start: () => Promise<{ stop(): Promise<void> }>;
  /** Milliseconds that stopping may take. Default 10 000. */
  readonly graceMs?: number;
}

/**
 * Runs a service until SIGTERM or SIGINT, then stops it within the grace time. An error at start exits with 1;
 * an unhandled rejection is logged and does not end the process: one bad input must not stop the others.
 */
export async function runService({ logger, start, graceMs = 10_000 }: RunOptions): Promise<void> {
  process.on('unhandledRejection', (error) => logger.error('unhandled rejection', { error }));
  process.on('uncaughtException', (error) => {
    logger.error('uncaught exception', { error });
    process.exit(1);
  });
  const signaled = new Promise<string>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
  const starting = start().catch((error: unknown) => {
    logger.error('cannot start', { error });
    process.exit(1);
  });
  const service = await Promise.race([starting, signaled]);
  if (typeof service === 'string') {
    logger.info('stopping before the start was complete', { signal: service });
    process.exit(0);
  }
  logger.info('stopping', { signal: await signaled });
  const timer = setTimeout(() => {
    logger.error('stopping took too long', { graceMs });
    process.exit(1);
  }, graceMs);
  await service.stop();
  clearTimeout(timer);
  process.exit(0);
}
