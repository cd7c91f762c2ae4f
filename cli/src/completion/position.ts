import type { CommandEntry, Flag, FlagSet } from '../program/definition.ts';
import { globalFlags } from '../program/global-flags.ts';
import type { Typed } from './words.ts';

/** What the word under the cursor is. */
export type Position =
  | { readonly kind: 'command'; readonly path: readonly string[] }
  | { readonly kind: 'flag'; readonly flags: FlagSet }
  | { readonly kind: 'value'; readonly name: string; readonly flag: Flag; readonly prefix: string }
  | { readonly kind: 'argument'; readonly entry: CommandEntry; readonly place: number };

/** What is known while the words are read. */
export interface Reading {
  readonly position: Position;
  /** The text to complete; shorter than the word under the cursor behind `--flag=`. */
  readonly current: string;
  /** Global flags that stand before the cursor, with their values. */
  readonly words: readonly string[];
}

interface Walk {
  path: readonly string[];
  place: number;
  flags: FlagSet;
  entry: CommandEntry | undefined;
  pending: { readonly name: string; readonly flag: Flag } | undefined;
}

/** Finds out what the user is about to type. Definitions of commands are loaded for their flags. */
export async function positionOf(
  table: readonly CommandEntry[],
  { before, current }: Typed,
): Promise<Reading> {
  const walk: Walk = { path: [], place: 0, flags: globalFlags, entry: undefined, pending: undefined };
  for (const word of before) await step(walk, table, word);
  return { ...underCursor(walk, current), words: before };
}

async function step(walk: Walk, table: readonly CommandEntry[], word: string): Promise<void> {
  if (walk.pending !== undefined) {
    walk.pending = undefined;
    return;
  }
  if (word.startsWith('-')) {
    const named = word.includes('=') ? undefined : flagNamed(walk.flags, word);
    walk.pending = named?.flag.kind === 'switch' || named?.flag.kind === 'maybe' ? undefined : named;
    return;
  }
  if (walk.entry !== undefined) {
    walk.place++;
    return;
  }
  walk.path = [...walk.path, word];
  walk.entry = table.find(({ path }) => path.join(' ') === walk.path.join(' '));
  if (walk.entry === undefined) return;
  const { command } = await walk.entry.load();
  walk.flags = { ...command.flags, ...globalFlags };
}

function underCursor(walk: Walk, current: string): Omit<Reading, 'words'> {
  if (walk.pending !== undefined)
    return { position: { kind: 'value', ...walk.pending, prefix: '' }, current };
  const [, name = '', value] = /^(--?[^=]+)=(.*)$/s.exec(current) ?? [];
  const named = value === undefined ? undefined : flagNamed(walk.flags, name);
  if (named !== undefined)
    return { position: { kind: 'value', ...named, prefix: `${name}=` }, current: value ?? '' };
  if (current.startsWith('-')) return { position: { kind: 'flag', flags: walk.flags }, current };
  if (walk.entry === undefined) return { position: { kind: 'command', path: walk.path }, current };
  return { position: { kind: 'argument', entry: walk.entry, place: walk.place }, current };
}

function flagNamed(flags: FlagSet, word: string): { readonly name: string; readonly flag: Flag } | undefined {
  const found = Object.entries(flags).find(
    ([name, flag]) => word === `--${name}` || (flag.short !== undefined && word === `-${flag.short}`),
  );
  return found && { name: found[0], flag: found[1] };
}
