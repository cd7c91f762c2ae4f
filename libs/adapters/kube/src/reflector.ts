import { hasCode, messageOf } from '@tiphys/model';
import type { ApiResource, Clock, Reflector, ReflectorEvent, Selector } from '@tiphys/ports';
import { isExpired, statusOf } from './api-error.ts';
import { makeBackoff } from './backoff.ts';
import { listPages } from './pages.ts';
import { reflectorDefaults } from './reflector-settings.ts';
import type { ReflectorSettings } from './reflector-settings.ts';
import type { Transport } from './transport.ts';
import { watch } from './watch.ts';
import type { WatchEvent } from './watch-events.ts';

export interface ReflectorRequest {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly resource: ApiResource;
  readonly selector: Selector;
  readonly onEvent: (event: ReflectorEvent) => void;
  readonly settings?: ReflectorSettings | undefined;
}

/** A watch that ended sooner than this without an event counts as a failure, or it would be made in a tight loop. */
const SHORT_WATCH_MS = 1_000;

/** Starts keeping a view of a kind, as `KubeApi.reflect` describes it; ends with `stop`. */
export function startReflector(request: ReflectorRequest): Reflector {
  const loop = new ReflectorLoop(request);
  const done = loop.run();
  return {
    stop() {
      loop.stop.abort();
      return done;
    },
  };
}

class ReflectorLoop {
  readonly stop = new AbortController();
  readonly #request: ReflectorRequest;
  readonly #settings: Required<ReflectorSettings>;
  /** Resume after this; undefined means that a listing is due. */
  #version: string | undefined;
  /** Listing streamed by the watch; false once the server refused that. */
  #streamed = true;
  /** A `failed` was told and nothing good since. */
  #failing = false;
  /** The watch under way was accepted. */
  #opened = false;
  /** Something came since the last failure. */
  #progress = false;
  #stalls = 0;

  constructor(request: ReflectorRequest) {
    this.#request = request;
    this.#settings = { ...reflectorDefaults, ...request.settings };
  }

  async run(): Promise<void> {
    const retry = makeBackoff(this.#settings.retry, Math.random);
    const refused = makeBackoff(this.#settings.refused, Math.random);
    while (!this.stop.signal.aborted) {
      const startedAt = this.#request.clock.now();
      const error = await this.#step();
      if (this.#progress) {
        retry.reset();
        refused.reset();
      }
      const quick =
        error === undefined && !this.#progress && this.#request.clock.now() - startedAt < SHORT_WATCH_MS;
      this.#progress = false;
      if (error !== undefined && this.#recover(error)) continue;
      if (error !== undefined) await this.#wait(isRefusal(error) ? refused.next() : retry.next());
      else if (quick) await this.#wait(retry.next());
    }
  }

  /** A listing where one is due, then a watch to its end. */
  async #step(): Promise<unknown> {
    this.#opened = false;
    try {
      if (this.#version === undefined && !this.#streamed) await this.#list();
      await this.#watch();
      // Ended without the bookmark of the listing: the server ignored the option.
      if (this.#version === undefined) this.#streamed = false;
      return undefined;
    } catch (error) {
      return error ?? new Error('the watch failed without a reason');
    }
  }

  async #list(): Promise<void> {
    const { transport, resource, selector } = this.#request;
    let version = '';
    for await (const page of listPages(transport, resource, selector, this.stop.signal)) {
      if (page.first) this.#tell({ type: 'reset' });
      for (const object of page.items) this.#tell({ type: 'upsert', object });
      version = page.resourceVersion;
    }
    this.#synced(version);
  }

  async #watch(): Promise<void> {
    const { transport, resource, selector } = this.#request;
    const { watchSeconds, stallMs, listStallMs } = this.#settings;
    const request = {
      resource,
      selector,
      resourceVersion: this.#version,
      timeoutSeconds: Math.round(watchSeconds * (1 + Math.random())),
      silenceMs: this.#version === undefined ? listStallMs : stallMs,
      signal: this.stop.signal,
    };
    await watch(transport, request, {
      onOpen: () => this.#open(),
      onEvent: (event) => this.#event(event),
    });
  }

  #open(): void {
    this.#opened = true;
    if (this.#version === undefined) this.#tell({ type: 'reset' });
    else if (this.#failing) this.#synced(this.#version);
  }

  /** Versions of a streamed listing are those of its objects, in no order: only its closing bookmark counts. */
  #event(event: WatchEvent): void {
    this.#progress = true;
    this.#stalls = 0;
    switch (event.type) {
      case 'upsert':
      case 'delete':
        if (this.#version !== undefined && event.resourceVersion !== '')
          this.#version = event.resourceVersion;
        this.#tell({ type: event.type, object: event.object });
        return;
      case 'bookmark':
        if (this.#version === undefined && event.listed) this.#synced(event.resourceVersion);
        else if (this.#version !== undefined && event.resourceVersion !== '')
          this.#version = event.resourceVersion;
        return;
      case 'skip':
        return;
    }
  }

  #synced(version: string): void {
    this.#version = version;
    this.#failing = false;
    this.#progress = true;
    this.#tell({ type: 'synced' });
  }

  /** Decides what an error means for the next step; true where that may come at once. */
  #recover(error: unknown): boolean {
    const listing = this.#version === undefined;
    if (this.stop.signal.aborted) return true;
    if (isExpired(error)) {
      this.#version = undefined;
      return false;
    }
    const silent = this.#opened && hasCode(error, 'deadline');
    if (listing && this.#streamed && (silent || isRefusedOption(error))) {
      this.#streamed = false;
      return true;
    }
    if (hasCode(error, 'not-found')) this.#version = undefined;
    if (silent) return this.#stalled();
    // A link that breaks while the view is complete is no news: the next try tells whether it can be mended.
    if (!this.#opened || listing || !isBrokenLink(error)) this.#fail(error);
    return false;
  }

  /** Resumes after a first silence; after a second one in a row the version itself is in doubt (a restored etcd). */
  #stalled(): boolean {
    this.#stalls += 1;
    if (this.#stalls > 1) this.#version = undefined;
    return true;
  }

  #fail(error: unknown): void {
    this.#failing = true;
    this.#tell({ type: 'failed', error: error instanceof Error ? error : new Error(messageOf(error)) });
  }

  #tell(event: ReflectorEvent): void {
    if (!this.stop.signal.aborted) this.#request.onEvent(event);
  }

  async #wait(ms: number): Promise<void> {
    try {
      await this.#request.clock.sleep(ms, this.stop.signal);
    } catch (error) {
      if (!this.stop.signal.aborted) throw error;
    }
  }
}

/** No retry helps before someone changes the cluster. */
const isRefusal = (error: unknown): boolean =>
  hasCode(error, 'not-found') || hasCode(error, 'permission-denied') || hasCode(error, 'invalid');

/** The server does not know `sendInitialEvents`: 422, or 400 of some aggregated ones. */
const isRefusedOption = (error: unknown): boolean => {
  const status = statusOf(error)?.httpStatus;
  return status === 400 || status === 405 || status === 422;
};

/** No answer at all: the connection was refused, reset or ended in the midst of a line. */
const isBrokenLink = (error: unknown): boolean =>
  hasCode(error, 'unavailable') && statusOf(error) === undefined;
