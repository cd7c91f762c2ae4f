/** Which container is to run what. */
export interface ExecTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** How a program in a container ended. */
export interface ExecEnd {
  /** 0 where it ended well; undefined where it never ran or was cut off. */
  readonly exitCode: number | undefined;
  /** What the cluster says of a failure; empty for none. */
  readonly message: string;
}

/** A program in a container, with a terminal. */
export interface ExecSession {
  write(bytes: Uint8Array): void;
  resize(size: TerminalSize): void;
  /** Takes no more of its output until `resume`. */
  pause(): void;
  resume(): void;
  /** Never rejects. */
  readonly ended: Promise<ExecEnd>;
  /** Cuts it off. */
  close(): void;
}
