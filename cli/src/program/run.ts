import type { Readable, Writable } from 'node:stream';
import { groups, table } from '../commands/table.ts';
import { terminalOn } from '../output/terminal.ts';
import { Failure } from './failure.ts';
import { resolveGlobals, type Env } from './globals.ts';
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
    const invocation = invocationOf({ globals, env: process.env, out, err, prompter });
    exitCode = await request.definition.run(invocation, inputOf(request)).finally(() => {
      prompter.close();
    });
  };
  const output = { writeOut: out.write, writeErr: err.write };
  const program = createProgram({ table, groups, output, onRequest });
  try {
    await program.parseAsync(withoutHelpCommand(process.argv), { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(error, { err, format, now: new Date() });
  }
}

const invocationOf = (parts: Omit<Invocation, 'connect' | 'now'>): Invocation => ({
  ...parts,
  now: () => new Date(),
  connect: async () => {
    const { connect } = await import('../api/connect.ts');
    return connect(parts);
  },
});

function checkArguments({ definition, args, command }: Request): void {
  const { min, max } = definition.args;
  if (args.length >= min && args.length <= max) return;
  const path = [command.parent?.name(), command.name()].filter((name) => name !== 'tiphys').join(' ');
  const problem = args.length < min ? 'An argument is missing' : 'There are too many arguments';
  throw new Failure(`${problem}: tiphys ${path} ${definition.usage}`, {
    hints: [`tiphys ${path} --help shows how it is used.`],
  });
}
