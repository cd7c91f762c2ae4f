import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Application, ResourceResult } from '@tiphys/model';
import { poll } from '@tiphys/testing/processes';
import {
  differencesOf,
  misplacedTransitions,
  readRecordings,
  recordedNames,
  recordingsFolder,
  unexplained,
  type Aspect,
  type Misplaced,
  type Recording,
} from '@tiphys/testing/recordings';
import { situations, type Situation } from './testing/situations/index.ts';
import { startRecordedWorld, type RecordedWorld } from './testing/recorded-world.ts';
import { Stage } from './testing/stage.ts';

const folder = recordingsFolder();
if (folder === undefined)
  process.stderr.write(
    'The recorded sessions are not there: their replay against the controller is skipped.\n',
  );

/** Objects that mean the same whether they are there or not; the recorder had the hydrator on. */
const EMPTY = ['sourceHydrator', 'summary'];

/** The status without what differs from run to run: empty marks, and the order in which tasks of one kind ended. */
function statusOf(app: Pick<Application, 'status'> | undefined): object {
  const status = structuredClone(app?.status ?? {}) as Record<string, unknown> & Application['status'];
  for (const key of EMPTY) if (JSON.stringify(status[key]) === '{}') delete status[key];
  const result = status?.operationState?.syncResult;
  if (result?.resources !== undefined)
    Object.assign(result, { resources: byNameWithinKind(result.resources) });
  return status;
}

/** What kubectl says of the files that manifests are handed to it in: nobody is told of files that there are not. */
const TEMPORARY_FILES = / from \\"\/dev\/shm\/<n>\\"|error when [a-z]+ \\"\/dev\/shm\/<n>\\": /gu;

const withoutTemporaryFiles = (recording: Recording): Recording =>
  JSON.parse(JSON.stringify(recording).replaceAll(TEMPORARY_FILES, '')) as Recording;

/** Where the status shows what moments show: a known difference there is one of moments too. */
const pathsOf: Readonly<Record<Aspect, readonly string[]>> = {
  sync: ['sync.status'],
  operation: ['operationState.message'],
  conditions: ['conditions'],
};

function byNameWithinKind(results: readonly ResourceResult[]): readonly ResourceResult[] {
  const groups: ResourceResult[][] = [];
  for (const result of results) {
    const last = groups.at(-1);
    if (last?.[0]?.kind === result.kind) last.push(result);
    else groups.push([result]);
  }
  return groups.flatMap((group) => group.sort((a, b) => (a.name < b.name ? -1 : 1)));
}

// A situation leaves its objects under recorded names, so that a second try could not begin.
const once = { concurrent: true, retry: 0, timeout: 120_000 };

describe.skipIf(folder === undefined)('recorded situations', once, () => {
  let world: RecordedWorld & { close(): Promise<void> };
  const played = new Map(situations.map(({ name }) => [name, signal()]));

  beforeAll(async () => {
    world = await startRecordedWorld(readRecordings(folder ?? ''));
  }, 180_000);

  afterAll(() => world.close());

  it.for(situations)('$name', async (situation) => {
    const recording = withoutTemporaryFiles(world.recordings.read(situation.name));
    const stage = new Stage(world, recording, situation.at);
    try {
      if (situation.after !== undefined) await played.get(situation.after)?.given;
      if (situation.isContinued !== true)
        await stage.open({ createNamespace: situation.hasNamespace ?? true });
      await situation.play?.(stage);
      await expectRecorded(stage, recording, situation);
      if (situation.isContinued !== true) expectMoments(stage, recording, situation);
    } finally {
      played.get(situation.name)?.give();
    }
  });

  async function expectRecorded(stage: Stage, recording: Recording, situation: Situation): Promise<void> {
    const expected = statusOf(recording.application);
    const look = async () => {
      const ours = recordedNames(statusOf(await stage.app()), world.translation(stage.repository));
      return unexplained(differencesOf(expected, ours), situation.known ?? []);
    };
    await poll(async () => isNothing(await look()), {
      what: `${situation.name} is as recorded`,
      timeoutMs: 15_000,
      intervalMs: 200,
    }).catch(() => undefined);
    expect(await look()).toEqual({ news: [], stale: [] });
  }

  function expectMoments(stage: Stage, recording: Recording, { known = [] }: Situation): void {
    const seen = world
      .momentsOf(recording.manifest.metadata.name)
      .map((moment) => recordedNames(moment, world.translation(stage.repository)));
    const misplaced = misplacedTransitions(recording.transitions, seen);
    const isKnown = ({ aspect }: Misplaced): boolean =>
      known.some(({ path }) => pathsOf[aspect].some((end) => end.startsWith(path)));
    expect(misplaced.filter((one) => !isKnown(one))).toEqual([]);
  }
});

/** Something that happens once and that others wait for. */
function signal(): { readonly given: Promise<void>; readonly give: () => void } {
  let give: () => void = () => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}

const isNothing = ({ news, stale }: ReturnType<typeof unexplained>): boolean =>
  news.length === 0 && stale.length === 0;
