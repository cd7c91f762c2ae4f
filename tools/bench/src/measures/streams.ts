import { setTimeout as pause } from 'node:timers/promises';
import { applicationKind } from '../applications.ts';
import type { BenchContext } from '../bench-context.ts';
import { apiServerPid } from './lists.ts';
import { residentBytes } from '../process-usage.ts';
import { latencyOf, type Latency } from '../statistics.ts';

const STREAMS = 200;
const SETTLE_MS = 3_000;
const MIB = 1_048_576;

export interface Streams {
  readonly count: number;
  /** MiB that the open streams add to the api-server, after changes went out on all; absent without its process id. */
  readonly memory: number | undefined;
  /** Milliseconds from the write of a change until a stream has it, over all streams and changes. */
  readonly seen: Latency;
}

/** Many watchers of all Applications, each with a list already. */
export async function measureStreams(context: BenchContext): Promise<Streams> {
  const { rest, options, applications, names } = context;
  const pid = apiServerPid(context);
  const resident = (): number | undefined => (pid === undefined ? undefined : residentBytes(pid) / MIB);
  const { resourceVersion } = await rest.listVersion();
  const before = resident();
  const seen: number[] = [];
  const waiting = new Map<string, { readonly since: number; left: number; readonly done: () => void }>();
  const streams = await Promise.all(
    Array.from({ length: STREAMS }, () =>
      rest.openStream(`/api/v1/stream/applications?resourceVersion=${resourceVersion}`, (text) => {
        const mark = /"bench\/mark":"([^"]+)"/.exec(text)?.[1] ?? '';
        const wait = waiting.get(mark);
        if (wait === undefined) return;
        seen.push(performance.now() - wait.since);
        if (--wait.left === 0) wait.done();
      }),
    ),
  );
  try {
    for (let round = 0; round < options.samples; round += 1) {
      const mark = `stream-${round}`;
      const name = names[round % names.length] ?? '';
      const all = new Promise<void>((done) => {
        waiting.set(mark, { since: performance.now(), left: STREAMS, done });
      });
      await applications.api.patch(
        applicationKind,
        { namespace: applications.namespace, name },
        { type: 'merge', body: { metadata: { annotations: { 'bench/mark': mark } } } },
      );
      await all;
    }
    await pause(SETTLE_MS);
    const after = resident();
    const memory = before === undefined || after === undefined ? undefined : after - before;
    return { count: STREAMS, memory, seen: latencyOf(seen) };
  } finally {
    for (const close of streams) close();
  }
}
