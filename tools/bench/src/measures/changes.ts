import { hasCode, valueAt, asJson, type KubeObject } from '@tiphys/model';
import { configMapKind, inParallel, isSyncedAndHealthy } from '../applications.ts';
import { filesOf, REPOSITORY, type BenchContext } from '../bench-context.ts';

const WIDTH = 16;

/** Seconds from a refresh after a commit until the new value is live, for one Application at a time. */
export async function measureCommitToLive(context: BenchContext): Promise<readonly number[]> {
  const { applications, names, git, target, options, layout } = context;
  const samples: number[] = [];
  for (let round = 0; round < options.samples; round += 1) {
    const name = names[round % names.length] ?? '';
    const value = `commit-${round}`;
    await git.commit(REPOSITORY, filesOf([name], layout, value), `round ${round}`);
    const before = performance.now();
    await applications.refresh(name);
    await untilLive(context, { name: `${name}-0`, namespace: target, value });
    samples.push((performance.now() - before) / 1_000);
    await applications.until(`${name} Synced again`, (apps) => isSyncedAndHealthy(apps.get(name)));
  }
  return samples;
}

/** Seconds from a refresh of all after one commit that changes every Application until all are Synced to it. */
export async function measureCommitToAll({
  applications,
  names,
  git,
  layout,
}: BenchContext): Promise<number> {
  const sha = await git.commit(REPOSITORY, filesOf(names, layout, 'all'), 'change everything');
  const before = performance.now();
  await inParallel(names, WIDTH, (name) => applications.refresh(name));
  await applications.until('all Synced to the commit', (apps) =>
    names.every(
      (name) => isSyncedAndHealthy(apps.get(name)) && apps.get(name)?.status?.sync?.revision === sha,
    ),
  );
  return (performance.now() - before) / 1_000;
}

/** Seconds until an object that somebody deleted is back. */
export async function measureSelfHeal(context: BenchContext): Promise<readonly number[]> {
  const { applications, names, target, options } = context;
  const samples: number[] = [];
  for (let round = 0; round < options.samples; round += 1) {
    const app = names[names.length - 1 - (round % names.length)] ?? '';
    const name = `${app}-1`;
    const before = performance.now();
    await applications.api.delete(configMapKind, { namespace: target, name });
    await untilLive(context, { name, namespace: target });
    samples.push((performance.now() - before) / 1_000);
    await applications.until(`${app} Synced again`, (apps) => isSyncedAndHealthy(apps.get(app)));
  }
  return samples;
}

interface Wanted {
  readonly name: string;
  readonly namespace: string;
  readonly value?: string;
}

/** Resolves once the object is there with the value; asks as fast as the API server answers. */
async function untilLive({ applications }: BenchContext, wanted: Wanted): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    const live = await applications.api.get(configMapKind, wanted).catch(absent);
    const isThere = live !== undefined && live.metadata.deletionTimestamp === undefined;
    if (isThere && (wanted.value === undefined || valueAt(asJson(live), 'data', 'value') === wanted.value))
      return;
  }
  throw new Error(`${wanted.name} did not become ${wanted.value ?? 'present'} within a minute`);
}

function absent(error: unknown): KubeObject | undefined {
  if (hasCode(error, 'not-found')) return undefined;
  throw error;
}
