import { annotationOf, annotations } from '@tiphys/model';
import type { Application } from '@tiphys/model';
import type { ObjectStore } from '@tiphys/runtime/watch';
import type { AppStore } from './app-store.ts';
import { waitForApp } from './wait.ts';

export type RefreshType = 'normal' | 'hard';

/** Asks the controller to look at Applications anew. */
export class Refresher {
  readonly #store: ObjectStore<Application>;
  readonly #apps: AppStore;

  constructor(store: ObjectStore<Application>, apps: AppStore) {
    this.#store = store;
    this.#apps = apps;
  }

  /** Sets the refresh annotation and waits until the controller took it away; the Application as it is then. */
  async refresh(app: Application, type: RefreshType, signal: AbortSignal): Promise<Application> {
    const asked = await this.#apps.patch(app, () => ({
      metadata: { annotations: { [annotations.refresh]: type } },
    }));
    const done = (current: Application): boolean => annotationOf(current, annotations.refresh) === undefined;
    return await waitForApp(this.#store, asked, { done, signal });
  }
}
