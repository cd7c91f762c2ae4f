import type { BenchContext } from '../bench-context.ts';
import { latencyOf, type Latency } from '../statistics.ts';

const AT_ONCE = 4;

export interface Logins {
  readonly login: Latency;
  /** A call that costs nothing, while logins run. */
  readonly others: Latency;
}

/** Milliseconds of logins, and of other callers meanwhile. */
export async function measureLogins({ rest, options }: BenchContext): Promise<Logins> {
  const others: number[] = [];
  const state = { running: true };
  const watching = (async () => {
    while (state.running) others.push(await rest.timedGet('/api/version'));
  })();
  const logins: number[] = [];
  for (let round = 0; round < options.samples / AT_ONCE; round += 1) {
    logins.push(...(await Promise.all(Array.from({ length: AT_ONCE }, () => rest.timedLogin()))));
  }
  state.running = false;
  await watching;
  return { login: latencyOf(logins), others: latencyOf(others) };
}
