import type { CommandDefinition, CommandEntry } from './definition.ts';
import { addFlags, givenFlags, readFlags } from './flags.ts';
import { globalFlags } from './global-flags.ts';
import { GoStyleCommand } from './go-style-command.ts';
import { helpAfter } from './help.ts';

/** What was asked for: a command with its arguments. */
export interface Request {
  readonly definition: CommandDefinition;
  readonly args: readonly string[];
  readonly command: GoStyleCommand;
}

export interface ProgramOptions {
  readonly table: readonly CommandEntry[];
  readonly groups: Readonly<Record<string, string>>;
  /** Where help and mistakes on the command line are written. */
  readonly output: { readonly writeOut: (text: string) => void; readonly writeErr: (text: string) => void };
  readonly onRequest: (request: Request) => Promise<void>;
}

/**
 * The tree of commands. Only the summaries of the table are known until one command is chosen; then its own module is
 * loaded, so that the start costs the same however many commands there are.
 */
export function createProgram(options: ProgramOptions): GoStyleCommand {
  const program = new GoStyleCommand('tiphys');
  program.description('Controls a Tiphys or Argo CD compatible server.');
  program.configureOutput(options.output);
  program.helpCommand(false).exitOverride().showSuggestionAfterError(true);
  program.configureHelp({ showGlobalOptions: false, sortSubcommands: true });
  addFlags(program, globalFlags);
  for (const entry of options.table) addEntry(parentOf(program, entry, options), entry, options.onRequest);
  return program;
}

function parentOf(program: GoStyleCommand, entry: CommandEntry, options: ProgramOptions): GoStyleCommand {
  return entry.path.slice(0, -1).reduce((parent, name) => {
    const known = parent.commands.find((command) => command.name() === name);
    if (known instanceof GoStyleCommand) return known;
    const group = parent.createCommand(name).copyInheritedSettings(parent).helpCommand(false);
    group.description(options.groups[name] ?? '');
    parent.addCommand(group);
    return group;
  }, program);
}

function addEntry(parent: GoStyleCommand, entry: CommandEntry, onRequest: ProgramOptions['onRequest']): void {
  const name = entry.path.at(-1) ?? '';
  const command = parent.createCommand(name).copyInheritedSettings(parent);
  command.summary(entry.summary).allowExcessArguments();
  parent.addCommand(command);
  parent.hook('preSubcommand', async (_parent, chosen) => {
    if (chosen !== command) return;
    const { command: definition } = await entry.load();
    describe(command, definition);
    command.action(() => onRequest({ definition, args: command.args, command }));
  });
}

function describe(command: GoStyleCommand, definition: CommandDefinition): void {
  command.usage(`${definition.usage} [flags]`.trimStart()).description(definition.description);
  addFlags(command, definition.flags);
  command.addHelpText('after', helpAfter(definition));
}

/** Flags of a request as its definition names them. */
export const inputOf = ({ definition, args, command }: Request): Parameters<CommandDefinition['run']>[1] => ({
  args,
  flags: readFlags(command, definition.flags),
  given: givenFlags(command, definition.flags),
});
