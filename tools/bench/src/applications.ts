import { setTimeout as pause } from 'node:timers/promises';
import { makeKubeApi, loadKubeconfig } from '@tiphys/adapter-kube';
import type { Application } from '@tiphys/model';
import type { ApiResource, KubeApi, Reflector } from '@tiphys/ports';
import { systemClock } from '@tiphys/runtime/clock';

const verbs = ['get', 'list', 'watch', 'create', 'patch', 'delete'];
export const applicationKind: ApiResource = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  kind: 'Application',
  resource: 'applications',
  namespaced: true,
  verbs,
};
export const configMapKind: ApiResource = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  resource: 'configmaps',
  namespaced: true,
  verbs,
};
const eventKind: ApiResource = {
  group: '',
  version: 'v1',
  kind: 'Event',
  resource: 'events',
  namespaced: true,
  verbs,
};
export const namespaceKind: ApiResource = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  resource: 'namespaces',
  namespaced: false,
  verbs,
};

type Check = (apps: ReadonlyMap<string, Application>) => boolean;

/** The Applications as the API server tells them, with waits for what they become. */
export class Applications {
  readonly api: KubeApi;
  readonly namespace: string;
  readonly #apps = new Map<string, Application>();
  readonly #waits = new Set<() => void>();
  readonly #reflector: Reflector;

  constructor(api: KubeApi, namespace: string) {
    this.api = api;
    this.namespace = namespace;
    this.#reflector = api.reflect(applicationKind, { namespace }, (event) => {
      if (event.type === 'upsert')
        this.#apps.set(event.object.metadata.name ?? '', event.object as Application);
      if (event.type === 'delete') this.#apps.delete(event.object.metadata.name ?? '');
      for (const wake of this.#waits) wake();
    });
  }

  static async open(kubeconfig: string, namespace: string): Promise<Applications> {
    const login = await loadKubeconfig({ clock: systemClock, path: kubeconfig });
    return new Applications(await makeKubeApi(login.connection, { clock: systemClock }), namespace);
  }

  get(name: string): Application | undefined {
    return this.#apps.get(name);
  }

  /** Milliseconds until the check holds; rejects at the deadline, naming what was waited for. */
  async until(what: string, check: Check, timeoutMs = 900_000): Promise<number> {
    const before = performance.now();
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waits.delete(look);
        reject(new Error(`not ${what} after ${timeoutMs / 1_000} s`));
      }, timeoutMs);
      const look = (): void => {
        if (!check(this.#apps)) return;
        clearTimeout(timer);
        this.#waits.delete(look);
        resolve();
      };
      this.#waits.add(look);
      look();
    });
    return performance.now() - before;
  }

  create(app: object): Promise<unknown> {
    return this.api.create(applicationKind, app as Application);
  }

  /** Asks for a look at the newest commit, as any client does. */
  refresh(name: string): Promise<unknown> {
    const body = { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } };
    return this.api.patch(applicationKind, { namespace: this.namespace, name }, { type: 'merge', body });
  }

  /** Waits until no more Events of what was done are written: control planes write them late, and not all at once. */
  async untilTold(): Promise<void> {
    const count = async (): Promise<number> =>
      (await this.api.list(eventKind, { namespace: this.namespace })).items.length;
    let before = -1;
    for (let now = await count(); now > before; now = await count()) {
      before = now;
      await pause(3_000);
    }
  }

  async close(): Promise<void> {
    await this.#reflector.stop();
    await this.api.close();
  }
}

export const isSyncedAndHealthy = (app: Application | undefined): boolean =>
  app?.status?.sync?.status === 'Synced' &&
  app.status.health?.status === 'Healthy' &&
  app.operation === undefined;

/** Runs tasks, so many at once. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  task: (item: T) => Promise<unknown>,
): Promise<void> {
  const queue = [...items];
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await task(item);
    }),
  );
}
