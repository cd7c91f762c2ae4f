import { z } from 'zod';
import {
  hasMultipleSources,
  messageOf,
  ownAnnotations,
  sourcesOf,
  type Application,
  type ApplicationSource,
  type ApplicationSpec,
} from '@tiphys/model';

const text = z.string();
const source = z.looseObject({ repoURL: text });

const schema = z
  .object({
    /** What the Application is held at. */
    revision: text.optional(),
    revisions: z.array(text).optional(),
    /** The sources of that deployment; absent: those of the spec. */
    source: source.optional(),
    sources: z.array(source).optional(),
    /** The revisions that were rolled back from; what renders something else than they do ends the hold. */
    from: z.array(text).optional(),
    by: text.optional(),
    why: text.optional(),
    /** RFC 3339. */
    at: text.optional(),
    until: z.iso.datetime({ offset: true }).optional(),
  })
  .refine(({ revision, revisions = [] }) => (revision ?? '') !== '' || revisions.length > 0, {
    message: 'revision is missing',
  });

/** What an Application is held at, why and until when. */
export type Hold = z.infer<typeof schema>;

export type HoldOutcome =
  | { readonly type: 'none' }
  | { readonly type: 'held'; readonly hold: Hold; readonly target: HeldTarget }
  | { readonly type: 'unreadable'; readonly mistake: string };

/** Sources and revisions to render in place of those of the spec. */
export interface HeldTarget {
  readonly sources: readonly ApplicationSource[];
  readonly revisions: readonly string[];
}

const none: HoldOutcome = { type: 'none' };

/** Reads the annotation. An unreadable one still means that somebody wants the Application to stay as it is. */
export function holdOf({ metadata, spec }: Application): HoldOutcome {
  const annotation = metadata.annotations?.[ownAnnotations.hold];
  if (annotation === undefined) return none;
  let parsed: unknown;
  try {
    parsed = JSON.parse(annotation);
  } catch (error) {
    return unreadable(messageOf(error));
  }
  const read = schema.safeParse(parsed);
  if (!read.success) return unreadable(z.prettifyError(read.error));
  const target = targetOf(read.data, spec);
  if (target.sources.length !== target.revisions.length) {
    return unreadable(`${target.revisions.length} revisions for ${target.sources.length} sources`);
  }
  return { type: 'held', hold: read.data, target };
}

const unreadable = (mistake: string): HoldOutcome => ({
  type: 'unreadable',
  mistake: `annotation ${ownAnnotations.hold} cannot be read: ${mistake}`,
});

function targetOf(hold: Hold, spec: ApplicationSpec): HeldTarget {
  const named = {
    ...(hold.source && { source: hold.source }),
    ...(hold.sources && { sources: hold.sources }),
  };
  const sources = sourcesOf(named);
  const several = hold.revisions ?? [];
  return {
    sources: sources.length > 0 ? sources : sourcesOf(spec),
    revisions: several.length > 0 ? several : [hold.revision ?? ''],
  };
}

/** Milliseconds until a hold is over; undefined where it has no end of its own. */
export const holdEndsIn = ({ until }: Hold, now: number): number | undefined =>
  until === undefined ? undefined : Math.max(0, Date.parse(until) - now);

/** One line for people: `held at 1a2b3c4 by ann until 2026-01-01T00:00:00Z: why`. */
export function describeHold(hold: Hold, { revisions }: HeldTarget): string {
  const by = hold.by === undefined ? '' : ` by ${hold.by}`;
  const until = hold.until === undefined ? '' : ` until ${hold.until}`;
  const why = hold.why === undefined ? '' : `: ${hold.why}`;
  return `held at ${revisions.join(', ')}${by}${until}${why}`;
}

/** What a rollback knows. */
export interface RollbackFacts {
  readonly id: number;
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
  readonly until?: string;
}

/** The annotation that holds an Application at an entry of its history; undefined where it has no such entry. */
export function holdForRollback(app: Application, { id, by, at, until }: RollbackFacts): string | undefined {
  const entry = app.status?.history?.find((each) => each.id === id);
  if (entry === undefined) return undefined;
  const isMultiple = hasMultipleSources({ sources: entry.sources ?? [] });
  const before = holdOf(app);
  const sync = app.status?.sync;
  const newest = sync?.revisions ?? [sync?.revision ?? ''];
  const hold = {
    ...(isMultiple
      ? { sources: entry.sources, revisions: entry.revisions ?? [] }
      : { ...(entry.source && { source: entry.source }), revision: entry.revision }),
    // While it is held, what is compared is not what is newest.
    from: before.type === 'held' ? (before.hold.from ?? newest) : newest,
    by,
    why: `rolled back to history id ${id}`,
    at,
    ...(until === undefined ? {} : { until }),
  };
  return JSON.stringify(hold);
}

/** Whether rollbacks of an Application hold: its annotation, else the setting. */
export function isRollbackHeld({ metadata }: Application, isDefault: boolean): boolean {
  const annotation = metadata.annotations?.[ownAnnotations.rollbackHold];
  return annotation === undefined ? isDefault : annotation === 'true';
}
