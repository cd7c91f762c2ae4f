/** One task as the worker gets it. */
export interface WorkerTask {
  readonly script: string;
  /** JSON. */
  readonly object: string;
  readonly openLibs: boolean;
  /** JSON, or empty for none. */
  readonly params: string;
}

/** What the worker is made with. */
export interface WorkerSetup {
  /** A compiled module; it crosses to the worker without being compiled anew. */
  readonly module: unknown;
  readonly prelude: string;
  readonly maxMemoryBytes: number;
  /** One number: the task that runs, counted from 1; 0 before the first, -1 when the batch is done. */
  readonly progress: SharedArrayBuffer;
}

/** The answers to a batch, in its order; each as the prelude writes it. */
export interface WorkerReply {
  readonly answers: readonly string[];
}
