import type { Dispatcher } from 'undici';

export interface ExchangeRequest {
  readonly origin: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string | string[]>;
  readonly body?: string | undefined;
  /** Ends the exchange; its reason is the error. */
  readonly signal: AbortSignal;
  /** Asked when a connection is there, right before the first byte is sent; what it throws ends the exchange unsent. */
  readonly fence?: (() => void) | undefined;
  /** Told once, when the response begins, or with no status when there comes none. */
  readonly observe?: ((status: number | undefined) => void) | undefined;
}

export interface ResponseHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Lets a sink hold back a response that comes faster than it can take it. */
export interface Flow {
  pause(): void;
  resume(): void;
}

/** Takes a response as it comes; what it throws ends the exchange with that error. */
export interface ResponseSink {
  head(head: ResponseHead, flow: Flow): void;
  chunk(chunk: Buffer): void;
}

/**
 * One request and its response, with the least between the socket and the sink. Resolves at the end of the
 * response; rejects with the reason of the signal (also while queued), what the sink threw, or undici's own error.
 */
export function exchange(
  dispatcher: Dispatcher,
  request: ExchangeRequest,
  sink: ResponseSink,
): Promise<void> {
  const { signal, origin, method, path, headers } = request;
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let failure: Error | undefined;
    let observe = request.observe;
    const told = (status: number | undefined): void => {
      observe?.(status);
      observe = undefined;
    };
    const finish = (): void => signal.removeEventListener('abort', onAbort);
    const fail = (reason: unknown): void => {
      if (failure !== undefined) return;
      failure = reason instanceof Error ? reason : new Error(String(reason));
      finish();
      told(undefined);
      reject(failure);
      controller?.abort(failure);
    };
    const onAbort = (): void => fail(signal.reason);
    const guarded = (step: () => void): void => {
      if (failure !== undefined) return;
      try {
        step();
      } catch (error) {
        fail(error);
      }
    };
    if (signal.aborted) return fail(signal.reason);
    signal.addEventListener('abort', onAbort);
    dispatcher.dispatch(
      { origin, path, method, headers, body: request.body ?? null },
      {
        onRequestStart(started) {
          controller = started;
          if (failure !== undefined) started.abort(failure);
          guarded(() => request.fence?.());
        },
        onResponseStart: (flow, status, head) => {
          told(status);
          guarded(() => sink.head({ status, headers: head }, flow));
        },
        onResponseData: (_controller, chunk) => guarded(() => sink.chunk(chunk)),
        onResponseEnd: () => {
          finish();
          resolve();
        },
        onResponseError: (_controller, error) => fail(error),
      },
    );
  });
}
