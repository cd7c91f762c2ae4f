import type { CommandEntry, FlagSet } from '../program/definition.ts';
import type { NameKind } from './names.ts';
import type { Reading } from './position.ts';

export interface Candidate {
  readonly text: string;
  readonly about: string;
}

/** What may stand under the cursor: texts, names that only a server or the configuration knows, or files. */
export type Candidates =
  | { readonly kind: 'texts'; readonly texts: readonly Candidate[] }
  | { readonly kind: 'names'; readonly of: NameKind; readonly prefix: string }
  | { readonly kind: 'files' };

export interface Commands {
  readonly table: readonly CommandEntry[];
  readonly groups: Readonly<Record<string, string>>;
}

/** The candidates at a position, not yet narrowed to what is typed already. */
export async function candidatesAt({ position }: Reading, commands: Commands): Promise<Candidates> {
  switch (position.kind) {
    case 'command':
      return texts(subcommands(commands, position.path));
    case 'flag':
      return texts(flagNames(position.flags));
    case 'value':
      return valuesOf(position.name, position.flag, position.prefix);
    case 'argument': {
      const { command } = await position.entry.load();
      const of = nameKindOf(position.entry, command.usage, position.place);
      if (of === 'shell') return texts(['bash', 'zsh', 'fish'].map((text) => ({ text, about: '' })));
      return of === undefined ? { kind: 'files' } : { kind: 'names', of, prefix: '' };
    }
  }
}

const texts = (list: readonly Candidate[]): Candidates => ({ kind: 'texts', texts: list });

function subcommands({ table, groups }: Commands, path: readonly string[]): readonly Candidate[] {
  const below = table.filter((entry) => path.every((word, index) => entry.path[index] === word));
  const found = new Map<string, string>();
  for (const { path: words, summary } of below) {
    const name = words[path.length];
    if (name === undefined || found.has(name)) continue;
    found.set(name, words.length === path.length + 1 ? summary : (groups[name] ?? ''));
  }
  return [...found].map(([text, about]) => ({ text, about })).sort((a, b) => (a.text < b.text ? -1 : 1));
}

const flagNames = (flags: FlagSet): readonly Candidate[] =>
  Object.entries({ ...flags, help: { describe: 'Show how the command is used', hidden: false } })
    .filter(([, flag]) => flag.hidden !== true)
    .map(([name, flag]) => ({ text: `--${name}`, about: flag.describe }))
    .sort((a, b) => (a.text < b.text ? -1 : 1));

const namesOfFlags: Readonly<Record<string, NameKind>> = {
  'argocd-context': 'context',
  project: 'project',
  'dest-name': 'cluster',
  'kube-context': 'kube-context',
};

function valuesOf(name: string, flag: FlagSet[string], prefix: string): Candidates {
  const of = namesOfFlags[name];
  if (of !== undefined) return { kind: 'names', of, prefix };
  const listed =
    flag.kind === 'switch' || flag.kind === 'maybe' ? ['true', 'false'] : listedIn(name, flag.describe);
  if (listed.length === 0) return { kind: 'files' };
  return texts(listed.map((text) => ({ text: `${prefix}${text}`, about: '' })));
}

/** Formats and the like are listed in the description of their flag. */
function listedIn(name: string, description: string): readonly string[] {
  if (name === 'sync-policy') return ['automated', 'none'];
  const [, list] = /^(?:Format[^:]*|How errors are written): (.*)$/.exec(description) ?? [];
  return list === undefined ? [] : list.split(/, | or /);
}

const kindsOfArguments: Readonly<Record<string, NameKind | 'shell'>> = {
  APPNAME: 'application',
  PROJECT: 'project',
  CONTEXT: 'context',
  'SERVER/NAME': 'cluster',
  SHELL: 'shell',
};

/** What the usage of a command says about its argument at a place, counted from 0. */
function nameKindOf({ path }: CommandEntry, usage: string, place: number): NameKind | 'shell' | undefined {
  if (path.join(' ') === 'cluster add') return 'kube-context';
  const words = usage.split(/\s+/).filter((word) => /^\[?[A-Z]/.test(word));
  const last = words.at(-1);
  const word = words[place] ?? (last?.includes('...') === true ? last : undefined);
  return word === undefined ? undefined : kindsOfArguments[word.replace(/[[\]]|\.\.\./g, '')];
}
