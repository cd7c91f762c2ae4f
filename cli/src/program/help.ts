import type { CommandDefinition } from './definition.ts';

/** What stands below the flags in the help of a command. */
export function helpAfter({ examples }: Pick<CommandDefinition, 'examples'>): string {
  const blocks = examples.map(({ what, line }) => `  # ${what}\n  ${line}`);
  return `\nExamples:\n${blocks.join('\n\n')}\n\nGlobal flags such as --server and --auth-token: tiphys --help`;
}

const BOOLEAN_FLAGS = new Set(['--help', '-h']);

/** `tiphys help app list` is `tiphys app list --help`. */
export function withoutHelpCommand(argv: readonly string[]): string[] {
  const [first, ...rest] = argv;
  return first === 'help' ? [...rest.filter((word) => !BOOLEAN_FLAGS.has(word)), '--help'] : [...argv];
}
