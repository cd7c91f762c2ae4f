import { TiphysError, arrayAt, messageOf } from '@tiphys/model';
import type { Application, JsonObject, ResourceRef } from '@tiphys/model';
import type { Clock } from '@tiphys/ports';
import type { Caller, Handlers } from '../../../api/handlers.ts';
import { whileGood } from '../../../api/while-good.ts';
import type { Access } from '../../../auth/access.ts';
import type { DestinationCluster } from '../../../clusters/destination-clusters.ts';
import type { ServerSettings } from '../../../settings/server-settings.ts';
import type { AppState } from '../../app-state.ts';
import { refIn } from '../../finder.ts';
import type { AppFinder } from '../../finder.ts';
import type { AppResources } from '../../resource-actions/app-resources.ts';
import { mayHave } from '../permitted.ts';
import { logLines } from './log-lines.ts';
import type { LogLine } from './log-lines.ts';
import { logQueryOf } from './log-query.ts';
import type { LogQuery } from './log-query.ts';
import { compareTimes, logTimeAt } from './log-time.ts';
import type { LogTime } from './log-time.ts';
import { mergedByTime } from './merged.ts';
import { selectedPods } from './selected-pods.ts';

/** How long the lines of one pod wait for those of another that might be earlier, in milliseconds. */
const PATIENCE_MS = { following: 100, whole: 10_000 } as const;
const NO_TIME = '0001-01-01T00:00:00Z';

export interface PodLogServiceParts {
  readonly finder: AppFinder;
  readonly access: Access;
  readonly state: AppState;
  readonly resources: AppResources;
  readonly settings: ServerSettings;
  readonly clock: Clock;
}

interface PodLine extends LogLine {
  readonly pod: string;
}

/** Streams the logs of pods of Applications. */
export class PodLogService {
  readonly #parts: PodLogServiceParts;

  constructor(parts: PodLogServiceParts) {
    this.#parts = parts;
  }

  readonly handlers: Handlers = {
    unary: {},
    streams: {
      '/application.ApplicationService/PodLogs': (request, caller) => this.#stream(request, caller),
    },
  };

  /** Entries, and a last one that says so; nothing at all where no pod is selected. */
  async *#stream(request: JsonObject, caller: Caller): AsyncGenerator<JsonObject> {
    const query = logQueryOf(request);
    const app = this.#authorized(request, caller);
    const { pods, cluster } = await this.#podsOf(app, query, caller.call.signal);
    if (pods.length === 0) return;
    yield* whileGood(this.#entries(pods, query, { cluster, signal: caller.call.signal }), {
      check: async () => void (await this.#podsAllowed(this.#authorized(request, caller), pods)),
      clock: this.#parts.clock,
      signal: caller.call.signal,
    });
  }

  #authorized(request: JsonObject, { claims }: Caller): Application {
    const { finder, access } = this.#parts;
    const app = finder.find(claims, refIn(request));
    access.enforce(claims, 'logs', 'get', finder.rbacNameOf(app));
    return app;
  }

  async #podsOf(
    app: Application,
    { selection }: LogQuery,
    signal: AbortSignal,
  ): Promise<{ readonly pods: readonly ResourceRef[]; readonly cluster: DestinationCluster }> {
    const { state, resources, settings } = this.#parts;
    const tree = await state.tree(app, signal);
    const { cluster, ...place } = await resources.destinationOf(app);
    const pods = selectedPods(arrayAt(tree, 'nodes'), selection).filter((pod) =>
      mayHave(place, pod, { namespaced: true }),
    );
    if (pods.length <= settings.maxPodLogs) return { pods, cluster };
    throw new TiphysError('invalid', 'max pods to view logs are reached. Please provide more granular query');
  }

  async #podsAllowed(app: Application, pods: readonly ResourceRef[]): Promise<void> {
    const place = await this.#parts.resources.destinationOf(app);
    if (pods.every((pod) => mayHave(place, pod, { namespaced: true }))) return;
    throw new TiphysError('permission-denied', 'permission denied');
  }

  async *#entries(
    pods: readonly ResourceRef[],
    query: LogQuery,
    { cluster, signal }: { readonly cluster: DestinationCluster; readonly signal: AbortSignal },
  ): AsyncGenerator<JsonObject> {
    const left = new AbortController();
    const both = AbortSignal.any([signal, left.signal]);
    try {
      const sources = await Promise.all(pods.map((pod) => opened(cluster, pod, { query, signal: both })));
      const patienceMs = query.options.follow === true ? PATIENCE_MS.following : PATIENCE_MS.whole;
      for await (const line of mergedByTime(sources, { clock: this.#parts.clock, patienceMs })) {
        if (!query.isWanted(line.content)) continue;
        const isLate = query.until !== undefined && compareTimes(line.time, query.until) > 0;
        yield entryOf(line, isLate);
        if (isLate) return;
      }
      if (!signal.aborted) yield lastEntry(logTimeAt(this.#parts.clock.now()));
    } finally {
      left.abort();
    }
  }
}

/** The lines of a pod; where its log cannot be opened, why not: readers see the reason where they look. */
async function opened(
  { api }: DestinationCluster,
  pod: ResourceRef,
  { query, signal }: { readonly query: LogQuery; readonly signal: AbortSignal },
): Promise<AsyncGenerator<readonly PodLine[]>> {
  try {
    const log = await api.podLog(pod, { ...query.options, signal });
    return ofPod(pod.name, logLines(log));
  } catch (error) {
    return just({ time: undefined, content: messageOf(error), pod: '' });
  }
}

async function* ofPod(
  pod: string,
  batches: AsyncIterable<readonly LogLine[]>,
): AsyncGenerator<readonly PodLine[]> {
  for await (const lines of batches) yield lines.map((line) => ({ ...line, pod }));
}

async function* just(line: PodLine): AsyncGenerator<readonly PodLine[]> {
  yield await Promise.resolve([line]);
}

const entryOf = ({ content, time, pod }: PodLine, last: boolean): JsonObject => ({
  content,
  ...stampOf(time),
  last,
  podName: pod,
});

const lastEntry = (now: LogTime): JsonObject => ({ content: '', ...stampOf(now), last: true, podName: '' });

/** An empty time is written as none. */
const stampOf = (time: LogTime | undefined): JsonObject => ({
  timeStamp: time?.text ?? '',
  timeStampStr: time?.text ?? NO_TIME,
});
