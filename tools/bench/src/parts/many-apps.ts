import type { BenchContext } from '../bench-context.ts';
import { measureCommitToAll, measureCommitToLive, measureSelfHeal } from '../measures/changes.ts';
import { measureCreation, measureDeletion, measureFloor } from '../measures/creation.ts';
import { measureApi, measureIdle, measureMemory, type IdleUse } from '../measures/use.ts';
import { cpuOf } from '../process-usage.ts';
import { latencyOf, type Latency } from '../statistics.ts';

/** Seconds, cores, MiB; latencies of the API in milliseconds. */
export interface ManyApps {
  readonly apps: number;
  readonly floor: number;
  readonly creation: number;
  readonly creationCpu: number;
  readonly commitToLive: Latency;
  readonly commitToAll: number;
  readonly selfHeal: Latency;
  readonly idle: IdleUse;
  readonly memory: Readonly<Record<string, number>>;
  readonly api: { readonly list: Latency; readonly get: Latency };
  readonly deletion: number;
}

/** The life of many small Applications of one cluster. */
export async function measureManyApps(context: BenchContext): Promise<ManyApps> {
  const { report, pids } = context;
  const step = async <T>(name: string, measure: () => Promise<T>): Promise<T> => {
    report(`measuring: ${name}`);
    return measure();
  };
  const cpu = (): number => Object.values(cpuOf(pids)).reduce((sum, value) => sum + value, 0);
  const floor = await step('the floor', () => measureFloor(context));
  const before = cpu();
  const creation = await step('creation', () => measureCreation(context));
  const creationCpu = cpu() - before;
  const commitToLive = latencyOf(await step('commit to live, one app', () => measureCommitToLive(context)));
  const commitToAll = await step('commit to all', () => measureCommitToAll(context));
  const selfHeal = latencyOf(await step('self-heal', () => measureSelfHeal(context)));
  const api = await step('the API', () => measureApi(context));
  const idle = await step('idle use', () => measureIdle(context));
  const memory = measureMemory(context);
  const deletion = await step('deletion', () => measureDeletion(context));
  const apps = context.names.length;
  return {
    apps,
    floor,
    creation,
    creationCpu,
    commitToLive,
    commitToAll,
    selfHeal,
    idle,
    memory,
    api,
    deletion,
  };
}
