import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { hasCode, TiphysError, type ErrorCode, type JsonValue } from '@tiphys/model';
import type { Cache } from '@tiphys/ports';
import { stringifyJson } from '@tiphys/yaml';
import type { RenderPlan } from './plan.ts';
import { Seal } from './seal.ts';

/** Rendered objects as the bytes of a JSON array. */
export interface Rendered {
  readonly objectsJson: Uint8Array;
  /** Digest of those bytes. */
  readonly contentHash: string;
  /** They hold what was encrypted: nobody but this process may keep them, and it only sealed. */
  readonly isSecret: boolean;
}

export interface RenderCacheOptions {
  /** Shared by all replicas; undefined: memory only. */
  readonly shared: Cache | undefined;
  /** Milliseconds in the shared cache. */
  readonly sharedTtlMs: number;
  /** Bytes of rendered objects in memory. */
  readonly memoryBytes: number;
  /** Milliseconds that a failure is remembered. */
  readonly failureTtlMs: number;
}

export interface Freshness {
  /** Render again whatever is cached. */
  readonly noCache: boolean;
  /** Try again what has failed. */
  readonly retryFailures: boolean;
}

/** Raised when the same content renders to something else than before. */
const VERSION = '1';

/** Failures that the same content has every time; others may be gone at the next try. */
const LASTING: readonly ErrorCode[] = ['invalid', 'failed-precondition', 'not-found', 'resource-exhausted'];

/** Keeps rendered objects by content: in memory, then in the shared cache. Callers with one key share one render. */
export class RenderCache {
  readonly #options: RenderCacheOptions;
  readonly #memory: LRUCache<string, Rendered>;
  readonly #seal = new Seal();
  readonly #failures: LRUCache<string, TiphysError>;
  readonly #running = new Map<string, Promise<Rendered>>();

  constructor(options: RenderCacheOptions) {
    this.#options = options;
    this.#memory = new LRUCache({
      maxSize: options.memoryBytes,
      sizeCalculation: (rendered) => rendered.objectsJson.length + 200,
    });
    this.#failures = new LRUCache({ max: 2_000, ttl: options.failureTtlMs });
  }

  /** The objects of a plan, from wherever they are had soonest. */
  async get(plan: RenderPlan, freshness: Freshness, render: () => Promise<Rendered>): Promise<Rendered> {
    const key = keyOf(plan);
    const failureKey = `${key}:${plan.place}`;
    if (!freshness.noCache) {
      const known = this.#memory.get(key);
      if (known !== undefined) return this.#opened(known);
      const failure = freshness.retryFailures ? undefined : this.#failures.get(failureKey);
      if (failure !== undefined) throw failure;
    }
    return this.#share(`${key}:${freshness.noCache}:${plan.place}`, () =>
      this.#remember({ key, failureKey }, () => this.#load(plan, key, { freshness, render })),
    );
  }

  async #load(
    plan: RenderPlan,
    key: string,
    how: { readonly freshness: Freshness; readonly render: () => Promise<Rendered> },
  ): Promise<Rendered> {
    const shared = plan.isCostly ? this.#options.shared : undefined;
    if (shared !== undefined && !how.freshness.noCache) {
      const known = await shared.get(key);
      if (known !== undefined) return asRendered(Buffer.from(known));
    }
    const rendered = await how.render();
    if (rendered.isSecret) return rendered;
    await shared?.set(key, Buffer.from(rendered.objectsJson).toString('utf8'), this.#options.sharedTtlMs);
    return rendered;
  }

  async #remember(
    keys: { readonly key: string; readonly failureKey: string },
    load: () => Promise<Rendered>,
  ): Promise<Rendered> {
    try {
      const rendered = await load();
      this.#memory.set(keys.key, this.#sealed(rendered));
      this.#failures.delete(keys.failureKey);
      return rendered;
    } catch (error) {
      if (error instanceof TiphysError && LASTING.some((code) => hasCode(error, code))) {
        this.#failures.set(keys.failureKey, error);
      }
      throw error;
    }
  }

  #sealed(rendered: Rendered): Rendered {
    return rendered.isSecret
      ? { ...rendered, objectsJson: this.#seal.close(rendered.objectsJson) }
      : rendered;
  }

  #opened(kept: Rendered): Rendered {
    return kept.isSecret ? { ...kept, objectsJson: this.#seal.open(kept.objectsJson) } : kept;
  }

  #share(key: string, task: () => Promise<Rendered>): Promise<Rendered> {
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const run = task().finally(() => this.#running.delete(key));
    this.#running.set(key, run);
    return run;
  }
}

/** Objects as cacheable bytes. */
export const toRendered = (objects: JsonValue): Rendered => asRendered(Buffer.from(stringifyJson(objects)));

/** Objects that hold what was encrypted; `digest` must tell nothing of them. */
export function toSecret(objects: JsonValue, digest: (content: Uint8Array) => string): Rendered {
  const objectsJson = Buffer.from(stringifyJson(objects));
  return { objectsJson, contentHash: digest(objectsJson), isSecret: true };
}

function asRendered(objectsJson: Buffer): Rendered {
  const contentHash = createHash('sha256').update(objectsJson).digest('hex');
  return { objectsJson, contentHash, isSecret: false };
}

function keyOf(plan: RenderPlan): string {
  const digest = createHash('sha256').update(JSON.stringify([VERSION, plan.sourceType, ...plan.content]));
  return `manifests|${digest.digest('hex')}`;
}
