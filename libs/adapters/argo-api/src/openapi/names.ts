/**
 * Short names of messages, as generated clients know them: the last part of the package and the name
 * (`v1alpha1Application`), with more of the package where two would be the same.
 */
export function shortNames(fullNames: Iterable<string>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const waiting = new Set(fullNames);
  for (let depth = 2; waiting.size > 0; depth++) {
    const count = new Map<string, number>();
    for (const name of waiting) {
      const short = shortened(name, depth);
      count.set(short, (count.get(short) ?? 0) + 1);
    }
    for (const name of [...waiting]) {
      const short = shortened(name, depth);
      if (count.get(short) !== 1) continue;
      found.set(name, short);
      waiting.delete(name);
    }
  }
  return found;
}

/** The last parts, the first letter of the name kept: `k8s.io.api.core.v1.EventList` is `v1EventList` at depth 2. */
function shortened(fullName: string, depth: number): string {
  const parts = fullName.split('.');
  return parts.slice(-depth).join('');
}
