/**
 * A queue of keys with the semantics of a Kubernetes work queue: a key says "look again", never what happened;
 * the same key never runs twice at once; adds while it waits make one run, adds while it runs make exactly one more.
 */
export interface WorkQueue {
  /** Adds a key, after `delayMs` when given; the earliest due time wins. */
  add(key: string, delayMs?: number): void;
  /** Starts `concurrency` workers. The handler never rejects. */
  process(concurrency: number, handler: (key: string) => Promise<void>): void;
  /** Keys waiting to run, delayed ones left out. */
  readonly depth: number;
  /** Waits for running handlers and takes no more keys. */
  close(): Promise<void>;
}
