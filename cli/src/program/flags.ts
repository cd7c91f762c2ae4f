import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Flag, FlagSet, FlagValues } from './definition.ts';

/** Declares a set of flags on a command. */
export function addFlags(command: Command, flags: FlagSet): void {
  for (const [name, flag] of Object.entries(flags)) {
    command.addOption(optionOf(name, flag));
    if (isSwitch(flag)) command.addOption(new Option(`--no-${name}`).hideHelp());
  }
}

const isSwitch = ({ kind }: Flag): boolean => kind === 'switch' || kind === 'maybe';

/** The values of declared flags, after parsing. */
export function readFlags<S extends FlagSet>(command: Command, flags: S): FlagValues<S> {
  const entries = Object.entries(flags).map(([name, flag]) => [name, valueOf(command, name, flag)]);
  return Object.fromEntries(entries) as FlagValues<S>;
}

/** The names of the flags that stood on the command line. */
export const givenFlags = (command: Command, flags: FlagSet): ReadonlySet<string> =>
  new Set(Object.keys(flags).filter((name) => takerOf(command, attributeOf(name)) !== undefined));

/** The command that took a flag from the command line: itself, or one above it that has a flag of that name too. */
function takerOf(command: Command, attribute: string): Command | undefined {
  if (command.getOptionValueSource(attribute) === 'cli') return command;
  return command.parent === null ? undefined : takerOf(command.parent, attribute);
}

function valueOf(command: Command, name: string, flag: Flag): unknown {
  const attribute = attributeOf(name);
  const value: unknown = (takerOf(command, attribute) ?? command).getOptionValue(attribute);
  switch (flag.kind) {
    case 'switch':
      return value ?? flag.default ?? false;
    case 'list':
      return value ?? flag.default ?? [];
    case 'integers':
      return value ?? [];
    case 'maybe':
      return value;
    case 'text':
    case 'integer':
      return value ?? flag.default;
  }
}

const attributeOf = (name: string): string => new Option(`--${name}`).attributeName();

function optionOf(name: string, flag: Flag): Option {
  const option = new Option(`${flag.short === undefined ? '' : `-${flag.short}, `}--${name}${shape(flag)}`);
  option.description = describe(flag);
  option.hidden = flag.hidden ?? false;
  return withParser(option, flag);
}

function shape(flag: Flag): string {
  switch (flag.kind) {
    case 'switch':
    case 'maybe':
      return '';
    case 'integer':
      return ' <int>';
    case 'integers':
      return ' <ints>';
    case 'text':
    case 'list':
      return ` <${flag.placeholder ?? 'string'}>`;
  }
}

function describe(flag: Flag): string {
  const repeatable = flag.kind === 'list' ? ' (repeatable)' : '';
  const standard = 'default' in flag && flag.default !== undefined && flag.default !== false;
  return `${flag.describe}${repeatable}${standard ? ` (default ${JSON.stringify(flag.default)})` : ''}`;
}

function withParser(option: Option, flag: Flag): Option {
  switch (flag.kind) {
    case 'integer':
      return option.argParser(parseInteger);
    case 'integers':
      return option.argParser<readonly number[]>((text, before) => [
        ...(before ?? []),
        ...text.split(',').map(parseInteger),
      ]);
    case 'list':
      return option.argParser<readonly string[]>((text, before) => [
        ...(before ?? []),
        ...(flag.commas === true ? text.split(',') : [text]),
      ]);
    case 'text':
    case 'switch':
    case 'maybe':
      return option;
  }
}

function parseInteger(text: string): number {
  if (!/^[+-]?\d+$/.test(text.trim())) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
