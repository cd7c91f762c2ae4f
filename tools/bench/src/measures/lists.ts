import { applicationKind } from '../applications.ts';
import type { BenchContext } from '../bench-context.ts';
import { cpuSeconds } from '../process-usage.ts';
import { latencyOf, type Latency } from '../statistics.ts';

/** A latency, and the milliseconds of CPU that the server used for each call; those are steadier on a busy machine. */
export interface Cost extends Latency {
  readonly cpu: number;
}

export interface Lists {
  /** A call that asks nothing of anything. */
  readonly floor: Cost;
  /** Everything, while nothing changes. */
  readonly all: Cost;
  /** Everything, an Application changed before each. */
  readonly afterChange: Cost;
  readonly firstPage: Cost;
  /** A page sorted by health, searched, with counts, an Application changed before each. */
  readonly searched: Cost;
  readonly names: Cost;
  readonly get: Cost;
  readonly listBytes: number;
}

const APPS = '/api/v1/applications';
const PAGE = `${APPS}?limit=50`;

/** Milliseconds of lists and of single Applications over REST. */
export async function measureLists(context: BenchContext): Promise<Lists> {
  const { rest, options, names } = context;
  const pid = apiServerPid(context);
  const sampled = async (once: (round: number) => Promise<number>): Promise<Cost> => {
    const samples: number[] = [];
    const before = pid === undefined ? Number.NaN : cpuSeconds(pid);
    for (let round = 0; round < options.samples; round += 1) samples.push(await once(round));
    const used = pid === undefined ? Number.NaN : cpuSeconds(pid) - before;
    return { ...latencyOf(samples), cpu: (used * 1_000) / options.samples };
  };
  const changed = async (round: number, path: string): Promise<number> => {
    await touch(context, round);
    return await rest.timedGet(path);
  };
  await rest.timedGet(APPS);
  return {
    floor: await sampled(() => rest.timedGet('/api/version')),
    listBytes: await rest.sizeOf(APPS),
    all: await sampled(() => rest.timedGet(APPS)),
    afterChange: await sampled((round) => changed(round, APPS)),
    firstPage: await sampled((round) => changed(round, PAGE)),
    searched: await sampled((round) => changed(round, `${PAGE}&sort=-health,name&search=bench&facets=true`)),
    names: await sampled((round) => changed(round, `${APPS}?fields=items.metadata.name`)),
    get: await sampled((round) => rest.timedGet(`${APPS}/${names[round % names.length] ?? ''}`)),
  };
}

/** The process of the api-server, by either of its names; undefined where it is not known. */
export const apiServerPid = ({ pids }: BenchContext): number | undefined =>
  Object.entries(pids).find(([name]) => /^(argocd|api)-server/u.test(name))?.[1];

/** Changes an Application in a way that asks nothing of the controller, and waits until watchers know. */
export async function touch(
  { applications, names }: BenchContext,
  round: number,
): Promise<{ readonly name: string; readonly mark: string }> {
  const name = names[(round * 7) % names.length] ?? '';
  const mark = `${round}-${performance.now()}`;
  const body = { metadata: { annotations: { 'bench/mark': mark } } };
  await applications.api.patch(
    applicationKind,
    { namespace: applications.namespace, name },
    { type: 'merge', body },
  );
  await applications.until(
    'marked',
    (apps) => apps.get(name)?.metadata.annotations?.['bench/mark'] === mark,
    30_000,
  );
  return { name, mark };
}
