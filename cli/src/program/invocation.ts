import type { Api } from '../api/api.ts';
import type { Terminal } from '../output/terminal.ts';
import type { Endings } from './endings.ts';
import type { Env } from './globals.ts';
import type { Globals } from './global-flags.ts';
import type { Prompter } from './prompter.ts';

/** Everything a command may touch. */
export interface Invocation {
  readonly globals: Globals;
  readonly env: Env;
  readonly out: Terminal;
  readonly err: Terminal;
  readonly prompter: Prompter;
  /** What is closed when the command ends. */
  readonly endings: Endings;
  /** The API of the server that flags, environment and configuration file name. */
  readonly connect: () => Promise<Api>;
  readonly now: () => Date;
}
