import type { Invocation } from './invocation.ts';

interface FlagBase {
  readonly describe: string;
  readonly short?: string;
  /** Accepted so that scripts written for other clients run, but left out of the help. */
  readonly hidden?: boolean;
}

/** A flag as Go programs know them: `--name value`, `--name=value`, `-n value`; switches also `--name=false`. */
export type Flag =
  | (FlagBase & { readonly kind: 'text'; readonly default?: string; readonly placeholder?: string })
  | (FlagBase & { readonly kind: 'switch'; readonly default?: boolean })
  | (FlagBase & {
      readonly kind: 'list';
      readonly placeholder?: string;
      /** A value may hold several, with commas between them. */
      readonly commas?: boolean;
      /** In place of none. */
      readonly default?: readonly string[];
    })
  /** A switch that is undefined where it was not given. */
  | (FlagBase & { readonly kind: 'maybe' })
  | (FlagBase & { readonly kind: 'integer'; readonly default?: number })
  | (FlagBase & { readonly kind: 'integers' });

/** Flags by their name on the command line. */
export type FlagSet = Readonly<Record<string, Flag>>;

type ValueOf<F extends Flag> = F extends { kind: 'switch' }
  ? boolean
  : F extends { kind: 'maybe' }
    ? boolean | undefined
    : F extends { kind: 'list' }
      ? readonly string[]
      : F extends { kind: 'integers' }
        ? readonly number[]
        : F extends { kind: 'integer' }
          ? F extends { default: number }
            ? number
            : number | undefined
          : F extends { default: string }
            ? string
            : string | undefined;

export type FlagValues<S extends FlagSet> = { readonly [K in keyof S]: ValueOf<S[K]> };

export interface Input<S extends FlagSet> {
  readonly args: readonly string[];
  readonly flags: FlagValues<S>;
  /** The names of the flags that stand on the command line. */
  readonly given: ReadonlySet<string>;
}

export interface Example {
  readonly what: string;
  readonly line: string;
}

export interface CommandDefinition<S extends FlagSet = FlagSet> {
  /** The positional part of the usage line, such as `APPNAME [ID]`. */
  readonly usage: string;
  readonly args: { readonly min: number; readonly max: number };
  readonly description: string;
  readonly flags: S;
  readonly examples: readonly Example[];
  /** What is asked before the work is done where the user wants to be asked (prompts-enabled). */
  readonly confirm?: (args: readonly string[]) => string;
  /** Does the work; resolves with the exit code. */
  run(invocation: Invocation, input: Input<S>): Promise<number>;
}

/** A line of the command table: what the help of its group shows, and where the rest is. */
export interface CommandEntry {
  readonly path: readonly string[];
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: CommandDefinition }>;
}

/** Infers the types of the flags for `run`. */
export const defineCommand = <const S extends FlagSet>(
  definition: CommandDefinition<S>,
): CommandDefinition<S> => definition;
