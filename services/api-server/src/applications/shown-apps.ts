import type { Application } from '@tiphys/model';
import type { Clock } from '@tiphys/ports';
import type { AppState } from './app-state.ts';
import { needsTree, withHealth } from './health-of-resources.ts';

/** Streams that tell of the same change ask within this time. */
const SHARED_MS = 200;

interface Shown {
  readonly at: number;
  readonly app: Promise<Application>;
}

/**
 * Applications as streams show them, with the health of each resource. Streams that tell of the same version at the
 * same time share one object, so that its tree is read once and it is encoded once.
 */
export class ShownApps {
  readonly #state: AppState;
  readonly #clock: Clock;
  readonly #shown = new WeakMap<Application, Shown>();

  constructor(state: AppState, clock: Clock) {
    this.#state = state;
    this.#clock = clock;
  }

  async of(app: Application): Promise<Application> {
    if (!needsTree(app)) return app;
    const now = this.#clock.now();
    const known = this.#shown.get(app);
    if (known !== undefined && now - known.at < SHARED_MS) return await known.app;
    const shown = this.#state.cachedTree(app).then((tree) => withHealth(app, tree));
    this.#shown.set(app, { at: now, app: shown });
    return await shown;
  }
}
