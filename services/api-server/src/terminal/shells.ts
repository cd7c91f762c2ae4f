import { TiphysError } from '@tiphys/model';
import type { ExecEnd, ExecSession } from '@tiphys/ports';

/** A shell that runs, or the last one that did not. */
export interface Started {
  readonly shell: string;
  readonly session: ExecSession;
}

/** How long a shell may take to say that it is not there. */
const SETTLE_MS = 2_000;
/** What runtimes say of a program that the container does not have; 126 and 127 are what shells say. */
const ABSENT =
  /executable file not found|no such file or directory|not found in \$PATH|cannot find the file/iu;

export interface ShellStart {
  /** Runs one; tells when it printed something. */
  readonly open: (shell: string, onPrinted: () => void) => Promise<ExecSession>;
  /** The best first. */
  readonly shells: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Runs the first of the shells that is there: one that printed something, or has not ended after two seconds.
 * @throws TiphysError `failed-precondition` where the container has none of them.
 */
export async function startShell({ open, shells, signal }: ShellStart): Promise<Started> {
  for (const shell of shells) {
    let printed: () => void = () => undefined;
    const output = new Promise<undefined>((resolve) => (printed = () => resolve(undefined)));
    const session = await open(shell, () => printed());
    const end = await Promise.race([session.ended, output, pause(SETTLE_MS, signal)]);
    if (end === undefined || !isAbsent(end)) return { shell, session };
  }
  throw new TiphysError('failed-precondition', `the container has none of the shells ${shells.join(', ')}`);
}

const isAbsent = ({ exitCode, message }: ExecEnd): boolean =>
  exitCode === 126 || exitCode === 127 || ABSENT.test(message);

const pause = (ms: number, signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });
