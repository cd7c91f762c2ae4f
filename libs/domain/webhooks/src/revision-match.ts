import { refName } from './change.ts';

/** Whether a target follows a changed branch or tag; a range of versions has to be asked of those who know them. */
export type RevisionMatch = 'yes' | 'no' | { readonly constraint: string; readonly version: string };

export interface Target {
  readonly targetRevision: string;
  /** Only tags that start with it count for a range. */
  readonly tagPrefix?: string;
}

/** As a range of versions begins; what is none satisfies nothing. */
const RANGE = /^[v=<>~^*xX\d]/u;
const VERSION = /^v?\d+(?:\.\d+)*(?:[-+].*)?$/u;

export function matchRevision(
  { targetRevision, tagPrefix = '' }: Target,
  { revision, touchesHead }: { readonly revision: string; readonly touchesHead: boolean },
): RevisionMatch {
  if (targetRevision === '' || targetRevision === 'HEAD') return touchesHead ? 'yes' : 'no';
  if (targetRevision === revision || refName(targetRevision) === revision) return 'yes';
  if (!revision.startsWith(tagPrefix)) return 'no';
  const version = revision.slice(tagPrefix.length);
  const isRange = RANGE.test(targetRevision) && VERSION.test(version);
  return isRange ? { constraint: refName(targetRevision), version } : 'no';
}
