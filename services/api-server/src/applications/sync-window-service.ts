import { TiphysError } from '@tiphys/model';
import type { AppProject, Application, JsonObject, SyncWindow } from '@tiphys/model';
import type { Clock } from '@tiphys/ports';
import { activeWindows, judgeWindows, matchingWindows } from '@tiphys/project-policy';
import type { WindowSubject } from '@tiphys/project-policy';
import { parseGoDuration } from '@tiphys/runtime/config';
import type { Caller, Handlers } from '../api/handlers.ts';
import type { Access } from '../auth/access.ts';
import type { Declared } from '../repositories/declared.ts';
import { projectOf, refIn } from './finder.ts';
import type { AppFinder } from './finder.ts';

export interface SyncWindowParts {
  /** The project as it counts, with what it inherits. */
  readonly projectOf: (name: string) => AppProject | undefined;
  readonly declared: Declared;
  readonly finder: AppFinder;
  readonly access: Access;
  readonly clock: Clock;
}

/** The windows of time in which Applications may be synced: tells them, and keeps syncs out. */
export class SyncWindowService {
  readonly #parts: SyncWindowParts;

  constructor(parts: SyncWindowParts) {
    this.#parts = parts;
  }

  readonly handlers: Handlers = {
    unary: {
      '/application.ApplicationService/GetApplicationSyncWindows': (request, caller) =>
        this.#ofApplication(request, caller),
      '/project.ProjectService/GetSyncWindowsState': (request, caller) => this.#ofProject(request, caller),
    },
  };

  /** @throws TiphysError `permission-denied` where the windows keep a sync by hand out, or cannot be read. */
  check(app: Application): void {
    const { isAllowed, mistake } = this.#judge(this.#windowsOf(app));
    if (isAllowed) return;
    const reason = mistake === undefined ? 'blocked by sync window' : `invalid sync window: ${mistake}`;
    throw new TiphysError('permission-denied', `cannot sync: ${reason}`);
  }

  #judge(windows: readonly SyncWindow[]) {
    const now = this.#parts.clock.now();
    return judgeWindows(windows, { now, isManual: true, parseDuration: parseGoDuration });
  }

  #active(windows: readonly SyncWindow[]): readonly SyncWindow[] {
    return activeWindows(windows, { now: this.#parts.clock.now(), parseDuration: parseGoDuration });
  }

  #windowsOf(app: Application): readonly SyncWindow[] {
    const project = this.#parts.projectOf(projectOf(app));
    return matchingWindows(project?.spec.syncWindows, this.#subjectOf(app));
  }

  #subjectOf({ metadata, spec }: Application): WindowSubject {
    const { server = '', name = '', namespace = '' } = spec.destination;
    const known = this.#parts.declared.clusters.find((cluster) =>
      server === '' ? cluster.name === name : cluster.server === server,
    );
    return {
      name: metadata.name ?? '',
      destination: { server: known?.server ?? server, name: known?.name ?? name, namespace },
    };
  }

  #ofApplication(request: JsonObject, { claims }: Caller): JsonObject {
    const windows = this.#windowsOf(this.#parts.finder.find(claims, refIn(request)));
    const { isAllowed, mistake } = this.#judge(windows);
    if (mistake !== undefined) throw new TiphysError('invalid', `invalid sync windows: ${mistake}`);
    return {
      activeWindows: this.#active(windows).map(shown),
      assignedWindows: windows.map(shown),
      canSync: isAllowed,
    };
  }

  #ofProject(request: JsonObject, { claims }: Caller): JsonObject {
    const name = typeof request['name'] === 'string' ? request['name'] : '';
    this.#parts.access.enforce(claims, 'projects', 'get', name);
    const project = this.#parts.projectOf(name);
    if (!project) throw new TiphysError('not-found', `appprojects.argoproj.io "${name}" not found`);
    return {
      windows: this.#active(project.spec.syncWindows ?? []).map((window) => ({ ...window })),
    };
  }
}

const shown = ({ kind = '', schedule = '', duration = '', manualSync = false }: SyncWindow): JsonObject => ({
  kind,
  schedule,
  duration,
  manualSync,
});
