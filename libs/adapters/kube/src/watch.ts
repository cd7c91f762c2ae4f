import { TiphysError } from '@tiphys/model';
import type { ApiResource, Selector } from '@tiphys/ports';
import { lineSplitter } from './lines.ts';
import { collectionPath, queryString } from './paths.ts';
import { selectorQuery } from './pages.ts';
import type { Transport } from './transport.ts';
import { readWatchLine } from './watch-events.ts';
import type { WatchEvent } from './watch-events.ts';

export interface WatchRequest {
  readonly resource: ApiResource;
  readonly selector: Selector;
  /** Resume after this version; undefined streams the whole listing first (WatchList). */
  readonly resourceVersion: string | undefined;
  /** The server ends the watch after so many seconds, and the next one resumes. */
  readonly timeoutSeconds: number;
  /** Milliseconds of silence after which the watch counts as dead. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
}

export interface WatchSink {
  /** The server accepted. */
  onOpen(): void;
  onEvent(event: WatchEvent): void;
}

/**
 * One watch request. Resolves when the server ends it; rejects with what the server said, `deadline` after silence,
 * or `canceled` by the signal.
 */
export async function watch(transport: Transport, request: WatchRequest, sink: WatchSink): Promise<void> {
  const stop = new AbortController();
  let silent = false;
  const timer = setTimeout(() => {
    silent = true;
    stop.abort();
  }, request.silenceMs);
  const onAbort = (): void => stop.abort();
  if (request.signal.aborted) stop.abort();
  request.signal.addEventListener('abort', onAbort);
  const lines = lineSplitter((line) => sink.onEvent(readWatchLine(line)));
  try {
    await transport.stream(
      { method: 'GET', path: watchPath(request), signal: stop.signal },
      {
        onOpen() {
          timer.refresh();
          sink.onOpen();
        },
        onChunk(chunk) {
          timer.refresh();
          lines.push(chunk);
        },
      },
    );
  } catch (error) {
    throw silent ? silence(request) : error;
  } finally {
    clearTimeout(timer);
    request.signal.removeEventListener('abort', onAbort);
  }
}

const silence = ({ resource, silenceMs }: WatchRequest): TiphysError =>
  new TiphysError('deadline', `the watch of ${resource.resource} was silent for ${silenceMs} ms`);

function watchPath({ resource, selector, resourceVersion, timeoutSeconds }: WatchRequest): string {
  const query = {
    watch: true,
    allowWatchBookmarks: true,
    timeoutSeconds,
    ...(resourceVersion === undefined
      ? { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' }
      : { resourceVersion }),
    ...selectorQuery(selector),
  };
  return `${collectionPath(resource, selector.namespace)}${queryString(query)}`;
}
