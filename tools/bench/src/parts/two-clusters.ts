import type { BenchContext } from '../bench-context.ts';
import { measureCreation } from '../measures/creation.ts';
import { measureIdle, measureMemory, type IdleUse } from '../measures/use.ts';

/** Seconds, cores and MiB. */
export interface TwoClusters {
  readonly apps: number;
  readonly creation: number;
  readonly idle: IdleUse;
  readonly memory: Readonly<Record<string, number>>;
}

/** Very many Applications, spread over two clusters. */
export async function measureTwoClusters(context: BenchContext): Promise<TwoClusters> {
  context.report('measuring: creation over two clusters');
  const creation = await measureCreation(context);
  context.report('measuring: idle use over two clusters');
  const idle = await measureIdle(context);
  return { apps: context.names.length, creation, idle, memory: measureMemory(context) };
}
