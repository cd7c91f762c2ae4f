import type { Readable, Writable } from 'node:stream';
import { groups, table } from '../commands/table.ts';
import { terminalOn, type Terminal } from '../output/terminal.ts';
import type { Api } from '../api/api.ts';
import { Endings } from './endings.ts';
import { exitCodes, Failure } from './failure.ts';
import { addFlags } from './flags.ts';
import { globalFlags } from './global-flags.ts';
import { resolveGlobals, type Env } from './globals.ts';
import { GoStyleCommand } from './go-style-command.ts';
import { withoutHelpCommand } from './help.ts';
import type { Invocation } from './invocation.ts';
import { createProgram, inputOf, type Request } from './program.ts';
import { prompterOn } from './prompter.ts';
import { report } from './report.ts';

type Stream = Writable & { readonly isTTY?: boolean };

export interface Process {
  /** The words after the name of the program. */
  readonly argv: readonly string[];
  readonly env: Env;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Stream;
  readonly stderr: Stream;
}

/** Runs one command line and resolves with its exit code. Never throws. */
export async function run(process: Process): Promise<number> {
  const out = terminalOn(process.stdout, process.env);
  const err = terminalOn(process.stderr, process.env);
  let exitCode = 0;
  let format = 'text';
  const onRequest = async (request: Request): Promise<void> => {
    const globals = resolveGlobals(program, process.env);
    format = globals.logformat;
    checkArguments(request);
    const prompter = prompterOn({ input: process.stdin, output: process.stdout });
    const endings = new Endings();
    const invocation = invocationOf({ globals, env: process.env, out, err, prompter, endings });
    exitCode = await runConfirmed(invocation, request).finally(async () => {
      prompter.close();
      await endings.run();
    });
  };
  const output = { writeOut: out.write, writeErr: err.write };
  const program = createProgram({ table, groups, output, onRequest });
  try {
    if (process.argv[0] === COMPLETE) return await answerShell(process, out);
    const plugin = await pluginFor(process);
    if (plugin !== undefined) return await plugin();
    await program.parseAsync(withoutHelpCommand(process.argv), { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(error, { err, format, now: new Date() });
  }
}

/** The command that completion scripts call. */
const COMPLETE = '__complete';

async function answerShell({ argv, env }: Process, out: Terminal): Promise<number> {
  const { complete } = await import('../completion/complete.ts');
  const program = new GoStyleCommand();
  addFlags(program, globalFlags);
  return complete(argv.slice(1), { table, groups, program, env, out });
}

/** A program of the user's that serves a command which this one does not have. */
async function pluginFor({
  argv: [name, ...args],
  env,
}: Process): Promise<(() => Promise<number>) | undefined> {
  if (name === undefined || name === 'help' || table.some(({ path }) => path[0] === name)) return undefined;
  const { findPlugin, runPlugin } = await import('./plugin.ts');
  const file = await findPlugin(name, env);
  return file === undefined ? undefined : () => runPlugin(file, args, env);
}

async function runConfirmed(invocation: Invocation, request: Request): Promise<number> {
  const { confirm } = request.definition;
  if (confirm !== undefined && (await promptsEnabled(invocation))) {
    const isSure = await invocation.prompter.confirm(confirm(request.args));
    if (!isSure) {
      invocation.out.line('Nothing was done.');
      return exitCodes.ok;
    }
  }
  return request.definition.run(invocation, inputOf(request));
}

async function promptsEnabled({ globals, env }: Invocation): Promise<boolean> {
  if (globals['prompts-enabled'] !== undefined) return globals['prompts-enabled'];
  const [{ readConfig }, { configPath }] = await Promise.all([
    import('../config/file.ts'),
    import('../config/path.ts'),
  ]);
  const config = await readConfig(configPath(globals.config, env));
  return config?.['prompts-enabled'] ?? false;
}

function invocationOf(parts: Omit<Invocation, 'connect' | 'now'>): Invocation {
  let connected: Promise<Api> | undefined;
  const open = async (): Promise<Api> => {
    const { connect } = await import('../api/connect.ts');
    return connect({ ...parts, now });
  };
  return { ...parts, now, connect: () => (connected ??= open()) };
}

const now = (): Date => new Date();

function checkArguments({ definition, args, command }: Request): void {
  const { min, max } = definition.args;
  if (args.length >= min && args.length <= max) return;
  const path = [command.parent?.name(), command.name()].filter((name) => name !== 'tiphys').join(' ');
  const problem = args.length < min ? 'An argument is missing' : 'There are too many arguments';
  throw new Failure(`${problem}: tiphys ${path} ${definition.usage}`, {
    hints: [`tiphys ${path} --help shows how it is used.`],
  });
}
