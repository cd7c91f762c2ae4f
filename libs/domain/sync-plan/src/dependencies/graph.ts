/** A name of an Application that is unique in a control plane: `namespace/name`. */
export type AppKey = string;

/** What an Application depends on directly. */
export type Dependencies = (key: AppKey) => readonly AppKey[];

/** Reads `name[,namespace/name]`; a bare name is of the same namespace. Each name once, in order. */
export function parseDependencies(text: string | undefined, namespace: string): readonly AppKey[] {
  const names = (text ?? '').split(',').map((name) => name.trim());
  const keys = names
    .filter((name) => name !== '')
    .map((name) => (name.includes('/') ? name : `${namespace}/${name}`));
  return [...new Set(keys)];
}

/**
 * A shortest way from an Application back to itself, both ends included; undefined where there is none. An Application
 * that only leads to a cycle is not part of it.
 */
export function findCycle(start: AppKey, dependenciesOf: Dependencies): readonly AppKey[] | undefined {
  const cameFrom = new Map<AppKey, AppKey>();
  let border: readonly AppKey[] = [start];
  while (border.length > 0) {
    const next: AppKey[] = [];
    for (const key of border) {
      for (const dependency of dependenciesOf(key)) {
        if (dependency === start) return [...wayTo(key, { start, cameFrom }), start];
        if (cameFrom.has(dependency)) continue;
        cameFrom.set(dependency, key);
        next.push(dependency);
      }
    }
    border = next;
  }
  return undefined;
}

function wayTo(
  end: AppKey,
  { start, cameFrom }: { readonly start: AppKey; readonly cameFrom: ReadonlyMap<AppKey, AppKey> },
): readonly AppKey[] {
  const way = [end];
  for (let at: AppKey | undefined = end; at !== undefined && at !== start;) {
    at = cameFrom.get(at);
    if (at !== undefined) way.unshift(at);
  }
  return way;
}

/** Everything that leads to an Application, directly or not; itself only where it is in a cycle. */
export function dependentsOf(key: AppKey, directDependentsOf: Dependencies): ReadonlySet<AppKey> {
  const found = new Set<AppKey>();
  const open = [key];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const dependent of directDependentsOf(at)) {
      if (found.has(dependent)) continue;
      found.add(dependent);
      open.push(dependent);
    }
  }
  return found;
}
