import { hasCode } from '@tiphys/model';
import type { ApiResource, ObjectName, PodLogOptions } from '@tiphys/ports';
import type { Flow } from './exchange.ts';
import { objectPath, queryString } from './paths.ts';
import type { Transport } from './transport.ts';

const PODS: ApiResource = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  resource: 'pods',
  namespaced: true,
  verbs: ['get'],
};
/** Bytes that may wait for the reader before the source is held back. */
const AHEAD = 256 * 1024;

/** The log of a container (see the port KubeApi). Rejects with what the API server said instead of a log. */
export async function openPodLog(
  transport: Transport,
  pod: ObjectName,
  { signal, ...options }: PodLogOptions,
): Promise<AsyncIterable<Uint8Array>> {
  const query = { timestamps: true, ...options };
  const path = objectPath(PODS, pod, 'log') + queryString(query);
  const stop = new AbortController();
  const onAbort = (): void => stop.abort();
  if (signal?.aborted === true) stop.abort();
  signal?.addEventListener('abort', onAbort);
  const chunks = new Chunks(() => stop.abort());
  return await new Promise((resolve, reject) => {
    const sink = {
      onOpen(flow: Flow) {
        chunks.flow = flow;
        resolve(chunks);
      },
      onChunk: (chunk: Buffer) => chunks.put(chunk),
    };
    transport
      .stream({ method: 'GET', path, accept: '*/*', signal: stop.signal }, sink)
      .then(
        () => chunks.end(),
        (error: Error) => {
          reject(error);
          chunks.end(hasCode(error, 'canceled') ? undefined : error);
        },
      )
      .finally(() => signal?.removeEventListener('abort', onAbort));
  });
}

/** What came and was not read yet. */
class Chunks implements AsyncIterable<Uint8Array> {
  flow: Flow | undefined;
  readonly #leave: () => void;
  #waiting: Uint8Array[] = [];
  #bytes = 0;
  #end: { readonly error: Error | undefined } | undefined;
  #wake: (() => void) | undefined;

  constructor(leave: () => void) {
    this.#leave = leave;
  }

  put(chunk: Uint8Array): void {
    this.#waiting.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes >= AHEAD) this.flow?.pause();
    this.#wake?.();
  }

  end(error?: Error): void {
    this.#end = { error };
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const chunks = this.#waiting.splice(0);
        this.#bytes = 0;
        yield* chunks;
        this.flow?.resume();
        if (this.#waiting.length > 0) continue;
        if (this.#end !== undefined) break;
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
      if (this.#end.error !== undefined) throw this.#end.error;
    } finally {
      this.#leave();
    }
  }
}
