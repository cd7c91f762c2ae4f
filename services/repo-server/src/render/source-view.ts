import type { ApplicationSource } from '@tiphys/model';
import type { RenderRequest, TreeEntry } from '@tiphys/ports';
import type { Snapshot } from './snapshot.ts';

/** A source in a repository, looked at closely enough to know what its render reads. */
export interface GitSourceView {
  readonly request: RenderRequest;
  readonly snapshot: Snapshot;
  /** Directory of the application, links followed. */
  readonly top: TreeEntry;
  /** Its path; `.` for the root. */
  readonly path: string;
  /** With overrides and the build environment put in. */
  readonly source: ApplicationSource;
  readonly env: Readonly<Record<string, string>>;
}
