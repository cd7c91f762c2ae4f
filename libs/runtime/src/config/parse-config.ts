import { parseArgs } from 'node:util';
import type { z } from 'zod';
import { TiphysError } from '@tiphys/model';

/** One option: its flag is the key in kebab case; the environment is asked where the flag is not given. */
export interface ConfigOption<T extends z.ZodType = z.ZodType> {
  readonly kind: T;
  readonly help: string;
  /** Environment names, first one set wins. */
  readonly env?: readonly string[];
  /** Text as it would be given; absent: the option is optional and undefined. */
  readonly default?: string;
}

export type ConfigSpec = Readonly<Record<string, ConfigOption>>;

type ValueOf<O> = O extends { readonly kind: infer K; readonly default: string }
  ? K extends z.ZodType
    ? z.infer<K>
    : never
  : O extends { readonly kind: infer K }
    ? K extends z.ZodType
      ? z.infer<K> | undefined
      : never
    : never;

/** The typed, frozen settings of a spec. */
export type ConfigOf<S extends ConfigSpec> = { readonly [K in keyof S]: ValueOf<S[K]> };

export interface ConfigInput {
  readonly program: string;
  readonly summary: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type ConfigOutcome<S extends ConfigSpec> =
  | { readonly type: 'config'; readonly config: ConfigOf<S> }
  | { readonly type: 'help'; readonly text: string };

const flagOf = (key: string): string => key.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);

/**
 * Parses flags and environment into one frozen object. `--help` gives the help text instead.
 * All mistakes are reported together in one TiphysError `invalid`.
 */
export function parseConfig<const S extends ConfigSpec>(spec: S, input: ConfigInput): ConfigOutcome<S> {
  const given = readFlags(spec, input);
  if (given.help) return { type: 'help', text: helpText(spec, input) };
  const mistakes = [...given.mistakes];
  const config: Record<string, unknown> = {};
  for (const [key, option] of Object.entries(spec)) {
    const { text, origin } = pick(key, option, { flags: given.values, env: input.env });
    if (text === undefined) continue;
    const parsed = option.kind.safeParse(text);
    if (parsed.success) config[key] = parsed.data;
    else
      mistakes.push(
        `${origin}: ${parsed.error.issues.map((issue) => issue.message).join(', ')} (got '${text}')`,
      );
  }
  if (mistakes.length > 0) {
    throw new TiphysError(
      'invalid',
      `${input.program} cannot start:\n  ${mistakes.join('\n  ')}\nRun with --help for all options.`,
    );
  }
  return { type: 'config', config: Object.freeze(config) as ConfigOf<S> };
}

interface GivenFlags {
  readonly values: Readonly<Record<string, string>>;
  readonly mistakes: readonly string[];
  readonly help: boolean;
}

function readFlags(spec: ConfigSpec, input: ConfigInput): GivenFlags {
  const known = new Set(Object.keys(spec).map(flagOf));
  const { tokens } = parseArgs({
    args: [...input.argv],
    strict: false,
    tokens: true,
    options: optionTable(spec),
  });
  const values: Record<string, string> = {};
  const mistakes: string[] = [];
  let help = false;
  for (const token of tokens) {
    if (token.kind === 'positional') mistakes.push(`unexpected argument '${token.value}'`);
    if (token.kind !== 'option') continue;
    if (token.name === 'help' || token.name === 'h') help = true;
    else if (known.has(token.name)) values[token.name] = token.value ?? 'true';
    else mistakes.push(`unknown option --${token.name}`);
  }
  return { values, mistakes, help };
}

function optionTable(spec: ConfigSpec): Record<string, { type: 'string' | 'boolean' }> {
  const table: Record<string, { type: 'string' | 'boolean' }> = { help: { type: 'boolean' } };
  for (const [key, option] of Object.entries(spec))
    table[flagOf(key)] = { type: isSwitch(option) ? 'boolean' : 'string' };
  return table;
}

/** A switch may stand alone (`--insecure`) or carry a value (`--insecure=false`). */
const isSwitch = (option: ConfigOption): boolean => {
  const parsed = option.kind.safeParse('true');
  return parsed.success && parsed.data === true;
};

interface Sources {
  readonly flags: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

function pick(
  key: string,
  option: ConfigOption,
  sources: Sources,
): { text: string | undefined; origin: string } {
  const flag = flagOf(key);
  const fromFlag = sources.flags[flag];
  if (fromFlag !== undefined) return { text: fromFlag, origin: `--${flag}` };
  for (const name of option.env ?? []) {
    const value = sources.env[name];
    if (value !== undefined && value !== '') return { text: value, origin: name };
  }
  return { text: option.default, origin: `--${flag}` };
}

function helpText(spec: ConfigSpec, input: ConfigInput): string {
  const lines = Object.entries(spec).map(([key, option]) => {
    const facts = [
      option.default === undefined || option.default === '' ? undefined : `default ${option.default}`,
      option.env === undefined ? undefined : `env ${option.env.join(', ')}`,
    ].filter((fact) => fact !== undefined);
    const suffix = facts.length === 0 ? '' : ` (${facts.join('; ')})`;
    return `  --${flagOf(key).padEnd(28)} ${option.help}${suffix}`;
  });
  return [
    `${input.program}: ${input.summary}`,
    '',
    `Usage: ${input.program} [options]`,
    '',
    ...lines,
    '',
  ].join('\n');
}
