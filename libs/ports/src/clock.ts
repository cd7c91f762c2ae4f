/** The only source of time. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`, or rejects with code `canceled` when the signal fires. */
  sleep(ms: number, signal?: AbortSignalLike): Promise<void>;
}

/** The part of an AbortSignal that ports rely on, so that the domain stays free of platform types. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
