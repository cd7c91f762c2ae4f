import type { Terminal } from '../output/terminal.ts';
import type { Env } from '../program/globals.ts';
import type { GoStyleCommand } from '../program/go-style-command.ts';
import { candidatesAt, type Candidate, type Commands } from './candidates.ts';
import { namesOf } from './names.ts';
import { positionOf } from './position.ts';
import { typedLine, type Typed } from './words.ts';

export interface CompletionOptions extends Commands {
  /** A program that takes the global flags alone. */
  readonly program: GoStyleCommand;
  readonly env: Env;
  readonly out: Terminal;
}

/** The line that asks the shell to complete names of files. */
export const FILES = ':files';

/**
 * Answers a shell that asks what may stand under the cursor: one candidate a line, with its description behind a tab.
 * `bash` sends the line up to the cursor as one text, the others send its words.
 */
export async function complete(argv: readonly string[], options: CompletionOptions): Promise<number> {
  const [shell = '', ...words] = argv;
  const typed = shell === 'bash' ? withoutProgram(typedLine(words[0] ?? '')) : wordsTyped(words);
  const reading = await positionOf(options.table, typed);
  const found = await candidatesAt(reading, options);
  if (found.kind === 'files') {
    options.out.line(FILES);
    return 0;
  }
  const all = found.kind === 'texts' ? found.texts : await named(found, reading.words, options);
  const cut = shell === 'bash' ? breakIn(typed.current) : 0;
  for (const { text, about } of all.filter((candidate) => candidate.text.startsWith(typed.current)))
    options.out.line(about === '' ? text.slice(cut) : `${text.slice(cut)}\t${about}`);
  return 0;
}

const withoutProgram = ({ before, current }: Typed): Typed => ({ before: before.slice(1), current });
const wordsTyped = (words: readonly string[]): Typed => ({
  before: words.slice(0, -1),
  current: words.at(-1) ?? '',
});

/** bash begins a new word behind these; what stands before is on the line already. */
const breakIn = (current: string): number => Math.max(current.lastIndexOf('='), current.lastIndexOf(':')) + 1;

async function named(
  { of, prefix }: { readonly of: Parameters<typeof namesOf>[0]; readonly prefix: string },
  words: readonly string[],
  { program, env }: CompletionOptions,
): Promise<readonly Candidate[]> {
  program.allowUnknownOption().parseOptions([...words]);
  const names = await namesOf(of, program, env);
  return [...new Set(names)].sort().map((name) => ({ text: `${prefix}${name}`, about: '' }));
}
