const SHORT = 7;
const DIGEST = 'sha256:';

/** A revision short enough to read: seven characters of a commit or of a digest; undefined where it is a name. */
export function shortRevision(revision: string | null | undefined): string | undefined {
  if (revision === null || revision === undefined || revision.length <= SHORT) return undefined;
  return revision.startsWith(DIGEST) ? revision.slice(0, DIGEST.length + SHORT) : revision.slice(0, SHORT);
}

const COMMIT = /^[0-9a-f]{7,40}$/;

/** What was asked for and what it led to, such as `main (abc1234)`. */
export function revisionText(target: string, revision: string | null | undefined): string {
  const short = COMMIT.test(target) ? undefined : shortRevision(revision);
  return short === undefined ? target : `${target} (${short})`;
}
