import { TiphysError, finalizers, stringAt } from '@tiphys/model';
import type { Application, JsonObject } from '@tiphys/model';
import type { Caller, Handlers } from '../api/handlers.ts';
import type { AppStore } from './app-store.ts';
import { refIn } from './finder.ts';
import type { AppFinder } from './finder.ts';

const CASCADE: ReadonlySet<string> = new Set([
  finalizers.resources,
  finalizers.resourcesForeground,
  finalizers.resourcesBackground,
]);

/** The finalizer of each propagation policy. */
const POLICIES: Readonly<Record<string, string>> = {
  foreground: finalizers.resourcesForeground,
  background: finalizers.resourcesBackground,
  '': finalizers.resources,
};

/** Deletes Applications, with all that they manage or without. */
export class DeleteService {
  readonly #apps: AppStore;
  readonly #finder: AppFinder;

  constructor(apps: AppStore, finder: AppFinder) {
    this.#apps = apps;
    this.#finder = finder;
  }

  readonly handlers: Handlers = {
    unary: {
      '/application.ApplicationService/Delete': (request, caller) => this.#delete(request, caller),
    },
  };

  async #delete(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const app = this.#finder.find(claims, refIn(request), 'delete');
    const cascade = request['cascade'] !== false;
    const policy = stringAt(request, 'propagationPolicy') ?? '';
    const finalizer = POLICIES[policy.toLowerCase()];
    if (policy !== '' && !cascade) {
      throw new TiphysError('invalid', 'cannot set propagation policy when cascading is disabled');
    }
    if (finalizer === undefined) throw new TiphysError('invalid', `invalid propagation policy: ${policy}`);
    await this.#apps.delete(app, (current) => {
      const next = cascade ? withCascade(current, finalizer, policy !== '') : withoutCascade(current);
      return next === undefined ? undefined : { metadata: { finalizers: next } };
    });
    return {};
  }
}

/** The finalizers to write, undefined where they are right. One that is being deleted takes no new ones. */
function withCascade(app: Application, finalizer: string, chosen: boolean): readonly string[] | undefined {
  const present = app.metadata.finalizers ?? [];
  const has = present.some((each) => CASCADE.has(each));
  if (app.metadata.deletionTimestamp !== undefined || (has && !chosen) || present.includes(finalizer))
    return undefined;
  return [...present.filter((each) => !CASCADE.has(each)), finalizer];
}

function withoutCascade(app: Application): readonly string[] | undefined {
  const present = app.metadata.finalizers ?? [];
  const kept = present.filter((each) => !CASCADE.has(each));
  return kept.length === present.length ? undefined : kept;
}
