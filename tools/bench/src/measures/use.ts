import { setTimeout as pause } from 'node:timers/promises';
import type { BenchContext } from '../bench-context.ts';
import { cpuOf, residentBytes } from '../process-usage.ts';
import { latencyOf, type Latency } from '../statistics.ts';

export interface IdleUse {
  /** Cores by service. */
  readonly cores: Readonly<Record<string, number>>;
  readonly coresInAll: number;
  readonly gitRequestsPerMinute: number;
}

/** What the services use while nothing happens, once all that happened has been told. */
export async function measureIdle({ applications, options, pids, git }: BenchContext): Promise<IdleUse> {
  await applications.untilTold();
  const before = cpuOf(pids);
  const requests = git.requests.count();
  await pause(options.idleSeconds * 1_000);
  const after = cpuOf(pids);
  const cores = Object.fromEntries(
    Object.keys(pids).map((name) => [name, ((after[name] ?? 0) - (before[name] ?? 0)) / options.idleSeconds]),
  );
  return {
    cores,
    coresInAll: Object.values(cores).reduce((sum, value) => sum + value, 0),
    gitRequestsPerMinute: ((git.requests.count() - requests) * 60) / options.idleSeconds,
  };
}

/** Resident MiB by service, its child processes included. */
export const measureMemory = ({ pids }: BenchContext): Record<string, number> =>
  Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, residentBytes(pid) / 1_048_576]));

/** Milliseconds of the list of all Applications and of one Application. */
export async function measureApi({
  rest,
  names,
  options,
}: BenchContext): Promise<{ list: Latency; get: Latency }> {
  const list: number[] = [];
  const get: number[] = [];
  for (let round = 0; round < options.samples; round += 1) {
    list.push(await rest.timedGet('/api/v1/applications'));
    get.push(await rest.timedGet(`/api/v1/applications/${names[round % names.length] ?? ''}`));
  }
  return { list: latencyOf(list), get: latencyOf(get) };
}
