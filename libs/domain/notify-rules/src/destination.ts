/** Where a message goes: a configured service and, in that service's own terms, to whom. */
export interface Destination {
  /** Name of the `service.<type>[.<name>]` entry. */
  readonly service: string;
  /** Channel, address, webhook owner …; may be empty. */
  readonly recipient: string;
}

/** Destinations of each trigger. */
export type Destinations = ReadonlyMap<string, readonly Destination[]>;

/** All destinations of several sources, each once, in the order of first mention. */
export function mergeDestinations(...sources: readonly Destinations[]): Destinations {
  const merged = new Map<string, Destination[]>();
  for (const source of sources) {
    for (const [trigger, destinations] of source) {
      const known = merged.get(trigger) ?? [];
      merged.set(trigger, known);
      for (const destination of destinations) {
        if (!known.some((other) => isSame(other, destination))) known.push(destination);
      }
    }
  }
  return merged;
}

const isSame = (a: Destination, b: Destination): boolean =>
  a.service === b.service && a.recipient === b.recipient;
