import { TiphysError } from '@tiphys/model';
import type { SyncWindow } from '@tiphys/model';
import { occurrenceOf } from '@tiphys/project-policy';
import { parseGoDuration } from '@tiphys/runtime/config';

/** @throws TiphysError `invalid`, `already-exists` or `out-of-range` for the first window that cannot be. */
export function checkWindows(windows: readonly SyncWindow[]): void {
  const known = new Set<string>();
  for (const window of windows) {
    const { kind = '', schedule = '', duration = '' } = window;
    const shown = `window '${kind}':'${schedule}':'${duration}'`;
    const key = JSON.stringify([
      shown,
      window.applications,
      window.namespaces,
      window.clusters,
      window.timeZone,
    ]);
    if (known.has(key)) throw new TiphysError('already-exists', `${shown} already exists, update or edit`);
    known.add(key);
    if (kind !== 'allow' && kind !== 'deny') {
      throw new TiphysError('invalid', `kind '${kind}' mismatch: can only be allow or deny`);
    }
    const outcome = occurrenceOf(window, 0, parseGoDuration);
    if ('mistake' in outcome) throw new TiphysError('invalid', outcome.mistake);
    const scopes = [window.applications, window.namespaces, window.clusters];
    if (scopes.every((scope) => (scope ?? []).length === 0)) {
      throw new TiphysError('out-of-range', `${shown} requires one of application, cluster or namespace`);
    }
  }
}
