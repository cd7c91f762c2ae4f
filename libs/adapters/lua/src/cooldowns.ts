const MAX_MS = 600_000;
const MAX_KNOWN = 1_000;
/** A script that had to be stopped for so many objects is to blame itself. */
const OBJECTS_TO_BLAME = 3;

/** What was run over what. */
export interface Run {
  readonly script: string;
  /** Names the object. */
  readonly subject: string;
}

interface Cooldown {
  readonly until: number;
  readonly lengthMs: number;
  readonly why: string;
}

export interface Rest {
  readonly leftMs: number;
  readonly why: string;
}

/**
 * Runs that had to be stopped, and for how long each is left alone: longer each time. First the script rests for the
 * object that it was stopped for; once there are several of these, it rests for all.
 */
export class Cooldowns {
  readonly #firstMs: number;
  readonly #known = new Map<string, Cooldown>();
  readonly #blamed = new Map<string, Set<string>>();

  constructor(firstMs: number) {
    this.#firstMs = firstMs;
  }

  /** How long a run is not to be tried yet; undefined for none. */
  restOf(run: Run, now: number): Rest | undefined {
    const rests = [this.#known.get(run.script), this.#known.get(keyOf(run))].flatMap((cooldown) =>
      cooldown === undefined || cooldown.until <= now
        ? []
        : [{ leftMs: cooldown.until - now, why: cooldown.why }],
    );
    return rests.sort((a, b) => b.leftMs - a.leftMs)[0];
  }

  /** Notes that a run was stopped; how long it now rests, in milliseconds. */
  stopped(run: Run, why: string, now: number): number {
    const own = this.#rest(keyOf(run), why, now);
    const objects = this.#blamed.get(run.script) ?? new Set();
    objects.add(run.subject);
    if (objects.size < OBJECTS_TO_BLAME) {
      keep(this.#blamed, run.script, objects);
      return own;
    }
    this.#blamed.delete(run.script);
    return Math.max(own, this.#rest(run.script, why, now));
  }

  #rest(key: string, why: string, now: number): number {
    const before = this.#known.get(key);
    const lengthMs = before === undefined ? this.#firstMs : Math.min(before.lengthMs * 2, MAX_MS);
    keep(this.#known, key, { until: now + lengthMs, lengthMs, why });
    return lengthMs;
  }
}

const keyOf = ({ script, subject }: Run): string => `${script} ${subject}`;

/** Makes an entry the newest and lets the oldest go. */
function keep<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MAX_KNOWN && oldest !== undefined) map.delete(oldest);
}
