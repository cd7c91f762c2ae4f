import { Command, type Option } from 'commander';

const TRUE = new Set(['true', 't', '1', 'TRUE', 'True', 'T']);
const FALSE = new Set(['false', 'f', '0', 'FALSE', 'False', 'F']);

/** A command that reads its flags the way Go programs do: `--switch=false`, `-o=json`. */
export class GoStyleCommand extends Command {
  override createCommand(name?: string): GoStyleCommand {
    return new GoStyleCommand(name);
  }

  override parseOptions(argv: string[]): ReturnType<Command['parseOptions']> {
    const end = argv.indexOf('--');
    const flags = end === -1 ? argv : argv.slice(0, end);
    const rest = end === -1 ? [] : argv.slice(end);
    return super.parseOptions([...flags.flatMap((arg) => this.rewrite(arg)), ...rest]);
  }

  private rewrite(arg: string): string[] {
    const [, name, value] = /^(--?[^=]+)=(.*)$/s.exec(arg) ?? [];
    if (name === undefined || value === undefined) return [arg];
    const option = this.options.find(({ long, short }) => long === name || short === name);
    if (option === undefined) return [arg];
    if (isSwitch(option)) return [switched(option, value) ?? arg];
    return name.startsWith('--') ? [arg] : [name, value];
  }
}

const isSwitch = (option: Option): boolean => !option.required && !option.optional;

function switched(option: Option, value: string): string | undefined {
  const name = option.name();
  if (TRUE.has(value)) return `--${name}`;
  if (FALSE.has(value)) return `--no-${name}`;
  return undefined;
}
