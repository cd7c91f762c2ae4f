import { TiphysError } from '@tiphys/model';
import type { Application } from '@tiphys/model';
import type { ObjectStore } from '@tiphys/runtime/watch';

/**
 * Resolves to an Application once `done` holds for its newest version.
 * @throws TiphysError `not-found` when it is deleted meanwhile, `canceled` when the signal fires.
 */
export function waitForApp(
  store: ObjectStore<Application>,
  app: Application,
  options: { readonly done: (app: Application) => boolean; readonly signal: AbortSignal },
): Promise<Application> {
  const { name = '', namespace = '', uid } = app.metadata;
  return new Promise((resolve, reject) => {
    const settle = (outcome: () => void): void => {
      unsubscribe();
      options.signal.removeEventListener('abort', canceled);
      outcome();
    };
    const canceled = (): void =>
      settle(() => reject(new TiphysError('canceled', `the wait for application ${name} was given up`)));
    const unsubscribe = store.subscribe(({ type, object }) => {
      if (object.metadata.uid !== uid) return;
      if (type === 'DELETED') {
        settle(() => reject(new TiphysError('not-found', `applications.argoproj.io "${name}" not found`)));
      } else if (options.done(object)) {
        settle(() => resolve(object));
      }
    });
    options.signal.addEventListener('abort', canceled);
    if (options.signal.aborted) return canceled();
    const known = store.get(namespace, name);
    if (known?.metadata.uid === uid && known && options.done(known)) settle(() => resolve(known));
  });
}
