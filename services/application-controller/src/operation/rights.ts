import type { Application, AppProject } from '@tiphys/model';
import { userOf, type ResolvedDestination } from '@tiphys/project-policy';
import type { ImpersonationSettings } from '@tiphys/settings';

/** What an Application may do at its destination, asked anew for every write: projects change while syncs run. */
export interface DestinationRights {
  /** Its project as it is now, with what it inherits; undefined once it is gone. */
  readonly project: () => AppProject | undefined;
  /**
   * The user whose rights requests have; undefined for the control plane's own. Errors: `permission-denied` where syncs
   * need a service account and none is named for the destination.
   */
  readonly user: () => string | undefined;
}

/** A destination and what may be done there. */
export type GrantedDestination = ResolvedDestination & {
  readonly rights?: DestinationRights;
  /** Throws where nothing may be written there any more. Absent: it may for as long as the process lives. */
  readonly fence?: () => void;
};

/** Where rights are read from. */
export interface RightsSource {
  project(name: string): AppProject | undefined;
  readonly settings: { readonly impersonation: ImpersonationSettings };
}

/** A destination with the rights that an Application has there. */
export function grant<T extends ResolvedDestination>(
  destination: T,
  app: Application,
  source: RightsSource,
): T & { readonly rights: DestinationRights } {
  const project = (): AppProject | undefined =>
    source.project(app.spec.project === '' ? 'default' : app.spec.project);
  const user = (): string | undefined =>
    userOf(app, destination, {
      project: project()?.spec ?? {},
      impersonation: source.settings.impersonation,
    });
  return { ...destination, rights: { project, user } };
}
