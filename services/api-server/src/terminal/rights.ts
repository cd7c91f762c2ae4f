import { TiphysError, hasCode } from '@tiphys/model';
import type { Application } from '@tiphys/model';
import { isDestinationPermitted, isResourcePermitted } from '@tiphys/project-policy';
import type { AppFinder } from '../applications/finder.ts';
import type { AppResource, AppResources } from '../applications/resource-actions/app-resources.ts';
import type { Access } from '../auth/access.ts';
import type { Authenticator } from '../auth/authenticate.ts';
import type { Claims } from '../auth/claims.ts';
import { hidden } from '../auth/denials.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import type { TerminalTarget } from './target.ts';

export interface TerminalRightsParts {
  readonly authenticator: Authenticator;
  readonly settings: ServerSettings;
  readonly access: Access;
  readonly finder: AppFinder;
  readonly resources: AppResources;
}

/** Decides who may have a terminal, and where. Asked anew again and again while one is open. */
export class TerminalRights {
  readonly #parts: TerminalRightsParts;

  constructor(parts: TerminalRightsParts) {
    this.#parts = parts;
  }

  get enabled(): boolean {
    return this.#parts.settings.cm('exec.enabled') === 'true';
  }

  /** Programs that may be run, the best first. */
  get shells(): readonly string[] {
    const names = (this.#parts.settings.cm('exec.shells') || 'bash,sh,powershell,cmd').split(',');
    return names.map((name) => name.trim()).filter((name) => name !== '');
  }

  /**
   * The caller of a token. @throws TiphysError `unauthenticated`
   */
  caller(token: string): Promise<Claims> {
    return this.#parts.authenticator.verify(token);
  }

  /**
   * The Application, where the caller may see it and run programs in its containers; absent and forbidden look alike.
   * @throws TiphysError `permission-denied`, also where terminals were turned off meanwhile.
   */
  application(claims: Claims, target: TerminalTarget): Application {
    const { finder, access } = this.#parts;
    if (!this.enabled) throw hidden();
    const { app: name, appNamespace: namespace, project } = target;
    const app = found(() => finder.find(claims, { name, namespace, project }));
    if (!access.allows(claims, 'exec', 'create', finder.rbacNameOf(app)) || !finder.isTaken(app)) {
      throw hidden();
    }
    return app;
  }

  isServed(namespace: string): boolean {
    return namespace === '' || this.#parts.finder.isServed(namespace);
  }

  /**
   * The pod, where it is part of the Application, its project permits it, and the container runs.
   * @throws TiphysError `invalid`, `permission-denied`, `not-found`
   */
  async pod(app: Application, target: TerminalTarget, signal: AbortSignal): Promise<AppResource> {
    const { namespace, pod, container } = target;
    const asked = { group: '', version: 'v1', kind: 'Pod', namespace, resourceName: pod };
    const resource = await this.#parts.resources.find(app, asked, signal);
    const { place, ref } = resource;
    const permitted =
      place !== undefined &&
      isResourcePermitted(place.project.spec, { ...ref, namespaced: true }) &&
      isDestinationPermitted(place.project, { ...place.destination, namespace });
    if (!permitted) throw new TiphysError('permission-denied', `the project does not permit the pod ${pod}`);
    if (!runs(resource.object, container)) {
      throw new TiphysError('invalid', `the container ${container} of the pod ${pod} does not run`);
    }
    return resource;
  }
}

/** What a project that the caller may look into lacks is told elsewhere; here it is a refusal like any other. */
function found(find: () => Application): Application {
  try {
    return find();
  } catch (error) {
    if (hasCode(error, 'not-found')) throw hidden();
    throw error;
  }
}

interface PodLike {
  readonly status?: {
    readonly phase?: string;
    readonly containerStatuses?: readonly Status[];
    readonly ephemeralContainerStatuses?: readonly Status[];
    readonly initContainerStatuses?: readonly Status[];
  };
}
interface Status {
  readonly name?: string;
  readonly state?: { readonly running?: unknown };
}

function runs(pod: unknown, container: string): boolean {
  const { status = {} } = pod as PodLike;
  const all = [
    ...(status.containerStatuses ?? []),
    ...(status.ephemeralContainerStatuses ?? []),
    ...(status.initContainerStatuses ?? []),
  ];
  return all.some(({ name, state }) => name === container && state?.running !== undefined);
}
