/** When Applications are looked at without being asked; absent keys leave the choice to the options of the process. */
export interface Timing {
  /** Milliseconds between two looks; 0 turns polling off. */
  readonly resyncMs?: number;
  /** Up to so many milliseconds are added to that. */
  readonly jitterMs?: number;
  /** Milliseconds between two looks that leave caches aside; 0 turns them off. */
  readonly hardResyncMs?: number;
  readonly mistakes: readonly string[];
}

const keys = {
  resyncMs: 'timeout.reconciliation',
  jitterMs: 'timeout.reconciliation.jitter',
  hardResyncMs: 'timeout.hard.reconciliation',
} as const;

/** Reads the times out of the data of `argocd-cm` (wire/config.tsv). */
export function parseTiming(
  data: Readonly<Record<string, string>>,
  parse: (text: string) => number | undefined,
): Timing {
  const mistakes: string[] = [];
  const read = (key: string): number | undefined => {
    const text = data[key];
    if (text === undefined || text.trim() === '') return undefined;
    const ms = parse(text);
    if (ms === undefined) mistakes.push(`${key}: '${text}' is not a duration such as 90s or 3m; ignored`);
    return ms;
  };
  const times: Partial<Record<keyof typeof keys, number>> = {};
  for (const name of ['resyncMs', 'jitterMs', 'hardResyncMs'] as const) {
    const ms = read(keys[name]);
    if (ms !== undefined) times[name] = ms;
  }
  return { ...times, mistakes };
}
