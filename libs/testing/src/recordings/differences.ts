/** One place where a value is not what was recorded. */
export interface Difference {
  /** Such as `conditions[0].message`. */
  readonly path: string;
  readonly recorded: unknown;
  readonly ours: unknown;
}

/** A difference that is meant, or that a later piece of work takes away. */
export interface KnownDifference {
  /** The path, or the beginning of paths. */
  readonly path: string;
  readonly reason: string;
  /** It shows in some runs only. */
  readonly mayBeAbsent?: true;
}

/** Places that hold a value which differs from run to run; the number behind a name tells them apart. */
const placeholder = /<(?:ts|tsfrac|uid|rv|sha1|rnd|ip|eph|dur|clock|n|nanos)(?:-\d+)?>/gu;

/** Where two JSON values differ. Placeholders of the recording stand for any text; absent and empty are not the same. */
export function differencesOf(recorded: unknown, ours: unknown, path = ''): readonly Difference[] {
  if (typeof recorded === 'string' && typeof ours === 'string') {
    return patternOf(recorded).test(ours) ? [] : [{ path, recorded, ours }];
  }
  if (Array.isArray(recorded) && Array.isArray(ours)) {
    const length = Math.max(recorded.length, ours.length);
    return Array.from({ length }, (_item, index) =>
      differencesOf(recorded[index], ours[index], `${path}[${index}]`),
    ).flat();
  }
  if (isRecord(recorded) && isRecord(ours)) {
    const keys = [...new Set([...Object.keys(recorded), ...Object.keys(ours)])].sort();
    return keys.flatMap((key) =>
      differencesOf(recorded[key], ours[key], path === '' ? key : `${path}.${key}`),
    );
  }
  return Object.is(recorded, ours) ? [] : [{ path, recorded, ours }];
}

/** What no known difference explains, and known ones that did not show. */
export function unexplained(
  differences: readonly Difference[],
  known: readonly KnownDifference[],
): { readonly news: readonly Difference[]; readonly stale: readonly KnownDifference[] } {
  return {
    news: differences.filter(({ path }) => !known.some((row) => path.startsWith(row.path))),
    stale: known.filter(
      (row) => row.mayBeAbsent !== true && !differences.some(({ path }) => path.startsWith(row.path)),
    ),
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function patternOf(recorded: string): RegExp {
  const parts = recorded.split(placeholder).map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/gu, '\\$&'));
  return new RegExp(`^${parts.join('.+?')}$`, 'su');
}
