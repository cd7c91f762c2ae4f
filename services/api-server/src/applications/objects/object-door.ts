import { stringAt } from '@tiphys/model';
import type { Application, JsonObject } from '@tiphys/model';
import type { Caller } from '../../api/handlers.ts';
import type { Access } from '../../auth/access.ts';
import { hidden } from '../../auth/denials.ts';
import { allowsOnResource } from '../../auth/resource-access.ts';
import type { ServerSettings } from '../../settings/server-settings.ts';
import { refIn } from '../finder.ts';
import type { AppFinder } from '../finder.ts';
import type { AppResource, AppResources } from '../resource-actions/app-resources.ts';
import { assertPermitted } from './permitted.ts';

export interface ObjectDoorParts {
  readonly finder: AppFinder;
  readonly access: Access;
  readonly resources: AppResources;
  readonly settings: ServerSettings;
}

/** The one way to a live object of an Application: caller, tree and project are asked, in that order. */
export class ObjectDoor {
  readonly #parts: ObjectDoorParts;

  constructor(parts: ObjectDoorParts) {
    this.#parts = parts;
  }

  /**
   * The object that a request names.
   * @throws TiphysError `permission-denied` where the caller may not, or the project forbids the object; `invalid`
   * where the Application has no such object; `not-found` where the cluster has none.
   */
  async open(
    request: JsonObject,
    { claims, call }: Caller,
    verb: 'get' | 'update' | 'delete',
  ): Promise<AppResource> {
    const { finder, resources } = this.#parts;
    const app = finder.find(claims, refIn(request));
    if (verb !== 'get' && !this.#mayChange(request, claims, { app, verb })) throw hidden();
    const found = await resources.find(app, request, call.signal);
    assertPermitted(found, found.ref, found.resource);
    return found;
  }

  #mayChange(
    request: JsonObject,
    claims: Caller['claims'],
    { app, verb }: { readonly app: Application; readonly verb: 'update' | 'delete' },
  ): boolean {
    const { access, finder, settings } = this.#parts;
    const part = (key: string): string => stringAt(request, key) ?? '';
    return allowsOnResource(access, claims, {
      verb,
      app: finder.rbacNameOf(app),
      group: part('group'),
      kind: part('kind'),
      namespace: part('namespace'),
      name: part('resourceName'),
      inherits: settings.objectRightsInherited,
    });
  }
}
