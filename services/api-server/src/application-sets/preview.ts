import { TiphysError, hasCode, messageOf } from '@tiphys/model';
import type { AppProject, Application, ApplicationSet } from '@tiphys/model';
import { generateApplications, mistakeIn, projectsOf } from '@tiphys/appset-generate';
import type { Access, ApiAction } from '../auth/access.ts';
import type { Claims } from '../auth/claims.ts';
import { generatorInputs } from './generator-inputs.ts';
import type { GeneratorInputsParts } from './generator-inputs.ts';
import { projectOf } from './appset-finder.ts';
import type { AppSetFinder } from './appset-finder.ts';

export interface PreviewParts extends GeneratorInputsParts {
  readonly access: Access;
  readonly finder: AppSetFinder;
}

/** Checks ApplicationSets that callers hand in, and tells what would be generated of them. */
export class Preview {
  readonly #parts: PreviewParts;

  constructor(parts: PreviewParts) {
    this.#parts = parts;
  }

  /** @throws TiphysError `unknown` naming the first mistake */
  check(appset: ApplicationSet): void {
    const mistake =
      (appset.metadata.name ?? '') === '' ? 'resource name may not be empty' : mistakeIn(appset);
    if (mistake !== undefined)
      throw new TiphysError('unknown', `error validating ApplicationSets: ${mistake}`);
  }

  /** Rights are asked for in each project that its templates name. @throws TiphysError `permission-denied` */
  authorize(claims: Claims | undefined, appset: ApplicationSet, action: ApiAction): void {
    const { access, finder } = this.#parts;
    const { name = '', namespace = '' } = appset.metadata;
    for (const project of projectsOf(appset)) {
      access.enforce(claims, 'applicationsets', action, finder.rbacName(project, { namespace, name }));
    }
  }

  /** @throws TiphysError `invalid` where a project of its templates is not there */
  requireProjects(appset: ApplicationSet): void {
    const { settings } = this.#parts;
    const missing = projectsOf(appset).find((project) => settings.rawProject(project) === undefined);
    if (missing === undefined) return;
    throw new TiphysError('invalid', `ApplicationSet references project ${missing} which does not exist`);
  }

  /** @throws TiphysError as generating does; a mistake in a template is told as `unknown` */
  async applications(appset: ApplicationSet): Promise<readonly Application[]> {
    try {
      return await generateApplications(appset, generatorInputs(this.#parts, this.#project(appset)));
    } catch (cause) {
      if (!hasCode(cause, 'invalid')) throw cause;
      throw new TiphysError('unknown', messageOf(cause), { cause });
    }
  }

  #project(appset: ApplicationSet): AppProject {
    const name = projectOf(appset);
    const project = this.#parts.settings.projectOf(name);
    if (project !== undefined) return project;
    throw new TiphysError('invalid', `ApplicationSet references project ${name} which does not exist`);
  }
}
