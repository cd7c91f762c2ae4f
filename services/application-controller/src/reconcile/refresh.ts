import { annotations, hasMultipleSources, sourcesOf, type Application } from '@tiphys/model';
import { jsonEqual } from '@tiphys/merge';

/** How much has to be looked at anew; levels merge by the highest until the next look (wire/cache.md). */
export const levels = {
  /** The tree and health below managed objects. */
  tree: 0,
  /** What is live, against the manifests of last time. */
  live: 1,
  /** The manifests of the revision that is known. */
  manifests: 2,
  /** The newest revision, asked of the repository now. */
  latest: 3,
} as const;
export type RefreshLevel = (typeof levels)[keyof typeof levels];

export interface Refresh {
  readonly level: RefreshLevel;
  /** Leave caches of manifests aside. */
  readonly isHard: boolean;
  /** Nobody asked and no time is over: something elsewhere changed that may or may not touch the Application. */
  readonly isPrecaution?: boolean;
  /** What is known as rendered is what the newest revisions render. */
  readonly isRendered?: boolean;
}

export interface RefreshInput {
  readonly app: Application;
  /** What was asked for since the last look. */
  readonly pending: RefreshLevel | undefined;
  readonly hasDesired: boolean;
  /** The last look could not read git or the cluster. */
  readonly hasFailed: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Milliseconds; 0 turns polling off. */
  readonly resyncMs: number;
  /** It is time to leave the caches aside. */
  readonly isHardDue: boolean;
}

/** Whether an Application needs a look, and how deep. */
export function refreshOf(input: RefreshInput): Refresh | undefined {
  const { app, pending, now, resyncMs } = input;
  const asked = app.metadata.annotations?.[annotations.refresh];
  if (asked !== undefined) return { level: levels.latest, isHard: asked === 'hard' };
  if (input.isHardDue) return { level: levels.latest, isHard: true };
  if (!sourcesCompared(app)) return { level: levels.latest, isHard: false };
  if (pending === levels.latest) return { level: levels.latest, isHard: false };
  const isExpired = resyncMs > 0 && now - reconciledAt(app) >= resyncMs;
  const isDue = isExpired || !targetCompared(app);
  if (isDue || pending === levels.manifests) {
    // What is known of the repository led to the failure: the cure may be a commit, so it is asked anew.
    return { level: input.hasFailed ? levels.latest : levels.manifests, isHard: false, isPrecaution: !isDue };
  }
  if (pending === undefined) return undefined;
  return { level: input.hasDesired ? pending : levels.manifests, isHard: false, isPrecaution: true };
}

/** Milliseconds since the epoch of the last full look; 0 where there was none. */
export const reconciledAt = (app: Pick<Application, 'status'>): number =>
  Date.parse(app.status?.reconciledAt ?? '') || 0;

/** Whether the last comparison was with the sources that the spec has now. */
export function sourcesCompared(app: Application): boolean {
  const compared = app.status?.sync?.comparedTo;
  if (compared === undefined) return false;
  const before = hasMultipleSources(app.spec) ? (compared.sources ?? []) : [compared.source ?? {}];
  return jsonEqual(asValue(before), asValue(sourcesOf(app.spec)));
}

function targetCompared(app: Application): boolean {
  const compared = app.status?.sync?.comparedTo;
  return (
    jsonEqual(asValue(compared?.destination ?? {}), asValue(app.spec.destination)) &&
    jsonEqual(asValue(compared?.ignoreDifferences ?? []), asValue(app.spec.ignoreDifferences ?? []))
  );
}

const asValue = (value: unknown): Parameters<typeof jsonEqual>[0] => value as Parameters<typeof jsonEqual>[0];
