import type { AppProject } from '@tiphys/model';
import { parsePolicy } from './parse-policy.ts';
import type { ParsedPolicy } from './parse-policy.ts';
import type { MatchMode } from './rules.ts';

const PREFIX = 'proj';

/** `proj:<project>:<role>`: the subject that tokens and groups of a project's role act as. */
export const roleSubject = (project: string, role: string): string => `${PREFIX}:${project}:${role}`;

/** The project and role of such a subject, undefined for any other. */
export function parseRoleSubject(
  subject: string,
): { readonly project: string; readonly role: string } | undefined {
  const [prefix, project, role, ...more] = subject.split(':');
  if (prefix !== PREFIX || project === undefined || role === undefined || more.length > 0) return undefined;
  return { project, role };
}

/**
 * The rules that the roles of a project bring: each role may see the project, has its policies, and its groups are
 * members of it.
 */
export function rulesOfProject({ metadata, spec }: AppProject, mode: MatchMode): ParsedPolicy {
  const project = metadata.name ?? '';
  const lines = (spec.roles ?? []).flatMap((role) => {
    const subject = roleSubject(project, role.name);
    return [
      `p, ${subject}, projects, get, ${mode === 'glob' ? project : `^${project}$`}, allow`,
      ...(role.policies ?? []),
      ...(role.groups ?? []).map((group) => `g, ${group}, ${subject}`),
    ];
  });
  return parsePolicy(lines.join('\n'), `roles of project ${project}`, mode);
}
