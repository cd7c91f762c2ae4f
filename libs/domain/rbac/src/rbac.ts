import type { AppProject } from '@tiphys/model';
import { Policy } from './policy.ts';
import { parseRoleSubject, rulesOfProject } from './project-rules.ts';
import type { Permission } from './rules.ts';
import type { RbacSettings } from './settings.ts';
import { SubjectSets } from './subject-sets.ts';

/** Who asks. */
export interface Identity {
  readonly subject: string;
  readonly groups: readonly string[];
}

export interface RbacOptions {
  readonly settings: RbacSettings;
  /** A project by its name; a changed project is another object. */
  readonly projectOf: (name: string) => AppProject | undefined;
  /** Told of each project whose roles cannot be read: none of its rules count. */
  readonly onMistakes?: (project: string, mistakes: readonly string[]) => void;
}

/** Resources whose objects begin with the name of a project. */
const IN_PROJECTS: ReadonlySet<string> = new Set([
  'applications',
  'applicationsets',
  'clusters',
  'repositories',
  'logs',
  'exec',
]);

/**
 * Decides who may do what: by the default role, by the rules of the subject, and by those of its groups; the rules of
 * a project's roles join in for what belongs to that project (wire/rbac.tsv, grammar and project-role).
 */
export class Rbac {
  readonly #options: RbacOptions;
  readonly #ofProjects = new WeakMap<AppProject, Policy>();
  readonly #groups = new SubjectSets();

  constructor(options: RbacOptions) {
    this.#options = options;
  }

  /** Undefined is a caller without a token: only the default role counts. */
  allows(who: Identity | undefined, permission: Permission): boolean {
    const { policy, defaultRole } = this.#options.settings;
    if (defaultRole !== '' && policy.allows(defaultRole, permission)) return true;
    if (who === undefined) return false;
    const project = this.#projectOf(permission);
    const rules = project === undefined ? policy : this.#withRulesOf(project);
    if (rules !== policy && defaultRole !== '' && rules.allows(defaultRole, permission)) return true;
    const role = parseRoleSubject(who.subject);
    if (role !== undefined && project !== undefined) {
      return role.project === project.metadata.name && rules.allows(who.subject, permission);
    }
    if (rules.allows(who.subject, permission)) return true;
    return who.groups.length > 0 && rules.allowsMemberOf(this.#groups.of(who.groups), permission);
  }

  #projectOf({ resource, object }: Permission): AppProject | undefined {
    if (resource === 'projects') return this.#options.projectOf(object);
    if (!IN_PROJECTS.has(resource)) return undefined;
    const end = object.indexOf('/');
    return end < 0 ? undefined : this.#options.projectOf(object.slice(0, end));
  }

  #withRulesOf(project: AppProject): Policy {
    const known = this.#ofProjects.get(project);
    if (known) return known;
    const { settings, onMistakes } = this.#options;
    const { rules, mistakes } = rulesOfProject(project, settings.policy.mode);
    if (mistakes.length > 0) onMistakes?.(project.metadata.name ?? '', mistakes);
    const usable = mistakes.length > 0 || rules.length === 0 ? undefined : rules;
    const policy = usable === undefined ? settings.policy : new Policy(usable, { base: settings.policy });
    this.#ofProjects.set(project, policy);
    return policy;
  }
}
