import type { GroupVersionKind, JsonValue, KubeObject } from '@tiphys/model';
import type { AbortSignalLike } from './clock.ts';
import type { ExecSession, ExecTarget } from './pod-exec.ts';

/** One kind as discovery names it. */
export interface ApiResource extends GroupVersionKind {
  /** Plural lower-case name in paths. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

export interface KubeVersion {
  /** `1.36` */
  readonly minor: string;
  /** `v1.36.3` */
  readonly gitVersion: string;
}

export interface ObjectName {
  readonly name: string;
  /** Ignored for cluster-scoped kinds. */
  readonly namespace?: string;
}

export interface WriteOptions {
  readonly fieldManager?: string;
  readonly dryRun?: boolean;
  /** `Strict` where unset by the caller means the server's default. */
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict';
}

export type PatchType = 'merge' | 'strategic' | 'json' | 'apply';

export interface PatchOptions extends WriteOptions {
  readonly type: PatchType;
  /** Take over fields of other managers; `apply` only. */
  readonly force?: boolean;
  readonly subresource?: string;
}

export interface DeleteOptions {
  readonly propagation?: 'Foreground' | 'Background' | 'Orphan';
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly gracePeriodSeconds?: number;
  readonly dryRun?: boolean;
}

export interface PodLogOptions {
  /** The only container where absent. */
  readonly container?: string;
  /** Stays open for what is written later. */
  readonly follow?: boolean;
  /** Of the container before its last restart. */
  readonly previous?: boolean;
  readonly sinceSeconds?: number;
  /** RFC 3339. */
  readonly sinceTime?: string;
  /** The last so many lines only. */
  readonly tailLines?: number;
  /** Ends the log. */
  readonly signal?: AbortSignalLike;
}

export interface Selector {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/**
 * What a reflector tells. `reset` starts a new complete listing: what it has not named by `synced` no longer exists.
 * After `synced` the view is complete. After `failed` it may be stale until the next `synced`, which comes without a
 * `reset` where the watch could resume; retries go on by themselves, each failed one tells `failed`.
 */
export type ReflectorEvent =
  | { readonly type: 'reset' }
  | { readonly type: 'upsert'; readonly object: KubeObject }
  | { readonly type: 'delete'; readonly object: KubeObject }
  | { readonly type: 'synced' }
  | { readonly type: 'failed'; readonly error: Error };

export interface Reflector {
  stop(): Promise<void>;
}

/**
 * One cluster's API. Errors are TiphysError: `not-found`, `already-exists`, `conflict`, `invalid`,
 * `permission-denied`, `unauthenticated`, `resource-exhausted` (429, with retryAfterMs), `unavailable`
 * (connection refused, 5xx), `deadline`; the message is the API server's own where there is one.
 */
export interface KubeApi {
  readonly server: string;
  version(): Promise<KubeVersion>;
  /**
   * All kinds at their preferred versions and all other served versions, the preferred one first; group versions whose
   * discovery fails are left out and named (`metrics.k8s.io/v1beta1`).
   */
  discover(): Promise<{
    readonly resources: readonly ApiResource[];
    readonly failedGroups: readonly string[];
  }>;
  get(resource: ApiResource, name: ObjectName): Promise<KubeObject>;
  list(
    resource: ApiResource,
    selector?: Selector,
  ): Promise<{ readonly items: readonly KubeObject[]; readonly resourceVersion: string }>;
  create(resource: ApiResource, object: KubeObject, options?: WriteOptions): Promise<KubeObject>;
  /** PUT; the object carries its resourceVersion for optimistic concurrency. */
  replace(resource: ApiResource, object: KubeObject, options?: WriteOptions): Promise<KubeObject>;
  patch(
    resource: ApiResource,
    name: ObjectName,
    request: { readonly body: JsonValue } & PatchOptions,
  ): Promise<KubeObject>;
  /** Resolves when the server accepted; `not-found` is an error. */
  delete(resource: ApiResource, name: ObjectName, options?: DeleteOptions): Promise<void>;
  /**
   * Keeps a view of a kind: streams the list, then the watch; resumes by resourceVersion, relists after 410 and
   * stalls, backs off with jitter. Events come in order; `onEvent` never throws.
   */
  reflect(resource: ApiResource, selector: Selector, onEvent: (event: ReflectorEvent) => void): Reflector;
  /**
   * The log of a container as bytes of lines, each of which begins with its time. Resolves when the API server has
   * accepted. A slow reader slows the source down: no more than a little is read ahead. The iteration fails where the
   * log breaks off, ends quietly with the signal, and leaving it ends the request. It can be iterated once.
   */
  podLog(pod: ObjectName, options?: PodLogOptions): Promise<AsyncIterable<Uint8Array>>;
  /** Any other request, as parsed JSON; for subresources and raw paths. */
  raw(
    method: string,
    path: string,
    options?: { readonly body?: JsonValue; readonly contentType?: string; readonly signal?: AbortSignalLike },
  ): Promise<JsonValue>;
  /**
   * Runs a program with a terminal in a container; `onOutput` is told what it prints. Resolves when the cluster took the
   * request; whether the program could be run says the end of the session.
   */
  exec(target: ExecTarget, onOutput: (bytes: Uint8Array) => void): Promise<ExecSession>;
  /**
   * The same API with the rights of another user (`system:serviceaccount:<namespace>:<name>`), over the same connections:
   * closing it closes nothing. Errors: `invalid` for an empty name, so that nobody gets the caller's own rights by it.
   */
  as(user: string): KubeApi;
  /**
   * The same API, but `fence` is asked right before a write is put on the wire, also when it is tried again; what it
   * throws is the outcome and nothing is sent. Reads pass. Closing it closes nothing.
   */
  fenced(fence: () => void): KubeApi;
  close(): Promise<void>;
}
