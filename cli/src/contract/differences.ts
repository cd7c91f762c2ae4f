import type { Flag, FlagSet } from '../program/definition.ts';
import type { CliFacts, FlagFact } from './facts.ts';

/** Our commands by their path (`app list`), with the flags of each; those that every command takes under ``. */
export type Commands = ReadonlyMap<string, FlagSet>;

/**
 * What the facts have and our program has not: one line for a command (`app logs`), one for a flag
 * (`app logs --follow`), one for a flag of another form (`app logs --follow: -f, not none`). Sorted.
 */
export function differences({ commands, flags }: CliFacts, ours: Commands): readonly string[] {
  const names = [...ours.keys()];
  const has = (path: string): boolean => names.some((name) => name === path || name.startsWith(`${path} `));
  const own = new Set(flags.map(({ command, name }) => `${command} --${name}`));
  const absent = commands.filter((path) => path !== '' && !has(path));
  return [
    ...new Set([...absent, ...flags.flatMap((fact) => flagDifferences(fact, { ours, own }))]),
  ].toSorted();
}

/** `own` has the flags of each command itself: those stand before one of the same name of its group. */
function flagDifferences(
  fact: FlagFact,
  { ours, own }: { readonly ours: Commands; readonly own: ReadonlySet<string> },
): readonly string[] {
  const everywhere = ours.get('')?.[fact.name];
  if (fact.command === '') return shown(fact, everywhere);
  const below = [...ours].filter(([path]) => path === fact.command || path.startsWith(`${fact.command} `));
  if (below.length === 0) return shown(fact, undefined);
  const takers = below.filter(([path]) => path === fact.command || !own.has(`${path} --${fact.name}`));
  return takers.flatMap(([, flags]) => shown(fact, flags[fact.name] ?? everywhere));
}

function shown(fact: FlagFact, flag: Flag | undefined): readonly string[] {
  const line = `${fact.command} --${fact.name}`.trim();
  if (flag === undefined) return [line];
  return [
    ...(flag.short === fact.short || (fact.short === '' && flag.short === undefined)
      ? []
      : [`${line}: ${shorthand(fact.short)}, not ${shorthand(flag.short ?? '')}`]),
    ...(kindsOf(fact.type).includes(kindOf(flag))
      ? []
      : [`${line}: ${kindsOf(fact.type).join(' or ')}, not ${kindOf(flag)}`]),
    ...(sameStandard(fact.standard, standardOf(flag))
      ? []
      : [`${line}: default ${fact.standard || 'none'}, not ${standardOf(flag) || 'none'}`]),
  ];
}

const shorthand = (short: string): string => (short === '' ? 'none' : `-${short}`);

const kindOf = (flag: Flag): string =>
  flag.kind === 'list' && flag.commas === true
    ? 'list with commas'
    : flag.kind === 'maybe'
      ? 'switch'
      : flag.kind;

function kindsOf(type: string): readonly string[] {
  switch (type) {
    case 'bool':
      return ['switch'];
    case 'int':
    case 'uint':
      return ['integer'];
    case 'int64Slice':
      return ['integers'];
    case 'strings':
      return ['list with commas'];
    case 'stringArray':
    case 'stringToString':
    case 'Prune=false':
      return ['list'];
    case 'string':
    case 'duration':
      return ['text'];
    default:
      return [`a flag of the type ${type}`];
  }
}

const standardOf = (flag: Flag): string =>
  'default' in flag && flag.default !== undefined ? String(flag.default) : '';

const NOTHING = new Set(['', '0', 'false', '[]']);

const sameStandard = (theirs: string, ours: string): boolean =>
  theirs.replace(/^\[(.+)\]$/, '$1') === ours || (NOTHING.has(theirs) && NOTHING.has(ours));
