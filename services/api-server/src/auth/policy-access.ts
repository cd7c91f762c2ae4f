import type { AppProject, KubeObject } from '@tiphys/model';
import type { Logger } from '@tiphys/ports';
import { Rbac, readRbacSettings } from '@tiphys/rbac';
import type { RbacSettings } from '@tiphys/rbac';
import { Access } from './access.ts';
import type { ApiAction, ApiResourceName } from './access.ts';
import type { Claims } from './claims.ts';

export interface PolicyAccessParts {
  /** `argocd-rbac-cm` as it is now; a changed one is another object. */
  readonly configMap: () => KubeObject | undefined;
  readonly dataOf: (configMap: KubeObject | undefined) => Readonly<Record<string, string>>;
  readonly readYaml: (text: string) => unknown;
  readonly projectOf: (name: string) => AppProject | undefined;
  /** Grows with every change of a project. */
  readonly projectChanges: () => number;
  readonly logger: Logger;
}

/**
 * Decides by the policies of `argocd-rbac-cm` and of the projects. A change counts from the next question on. While a
 * policy has a mistake the last one without goes on; before there was any, only the built-in rules count.
 */
export class PolicyAccess extends Access {
  readonly #parts: PolicyAccessParts;
  #read: { readonly from: KubeObject | undefined; readonly rbac: Rbac } | undefined;
  #good: RbacSettings | undefined;
  #reads = 0;

  constructor(parts: PolicyAccessParts) {
    super();
    this.#parts = parts;
  }

  override get version(): string {
    void this.#rbac();
    return `${this.#reads}.${this.#parts.projectChanges()}`;
  }

  override get scopes(): readonly string[] {
    void this.#rbac();
    return this.#good?.scopes ?? [];
  }

  override allows(
    claims: Claims | undefined,
    resource: ApiResourceName,
    action: ApiAction,
    object: string,
  ): boolean {
    return this.#rbac().allows(claims, { resource, action, object });
  }

  #rbac(): Rbac {
    const from = this.#parts.configMap();
    if (this.#read === undefined || this.#read.from !== from) {
      this.#read = { from, rbac: this.#make(from) };
      this.#reads++;
    }
    return this.#read.rbac;
  }

  #make(configMap: KubeObject | undefined): Rbac {
    const { dataOf, readYaml, projectOf, logger } = this.#parts;
    const { settings, mistakes, remarks } = readRbacSettings(dataOf(configMap), readYaml);
    if (remarks.length > 0) logger.warn('rules of the policy have no effect', { remarks });
    if (mistakes.length > 0) logger.error('the policy cannot be read; the last one goes on', { mistakes });
    this.#good = mistakes.length > 0 ? (this.#good ?? settings) : settings;
    return new Rbac({
      settings: this.#good,
      projectOf,
      onMistakes: (project, found) =>
        logger.error('the roles of a project cannot be read', { project, mistakes: found }),
    });
  }
}
