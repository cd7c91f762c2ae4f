import type { AppProject, ProjectRole, ProjectToken } from '@tiphys/model';

/**
 * The tokens of a role, newest first. They are written to the role and to the status of the project; what only one of
 * both has counts as well.
 */
export function roleTokens(project: AppProject, role: string): readonly ProjectToken[] {
  const inSpec = project.spec.roles?.find(({ name }) => name === role)?.jwtTokens;
  if (inSpec === undefined && !hasRole(project, role)) return [];
  const byRole = project.status?.jwtTokensByRole ?? {};
  const inStatus = (Object.hasOwn(byRole, role) ? byRole[role]?.items : undefined) ?? [];
  const all = new Map([...(inSpec ?? []), ...inStatus].map((token) => [keyOf(token), token]));
  return [...all.values()].sort((a, b) => b.iat - a.iat);
}

export const hasRole = (project: AppProject, role: string): boolean =>
  project.spec.roles?.some(({ name }) => name === role) === true;

/** The project with these tokens for a role, in both places. */
export const withRoleTokens = (
  project: AppProject,
  role: string,
  tokens: readonly ProjectToken[],
): AppProject => inStep(project, (name) => (name === role ? tokens : roleTokens(project, name)));

/** The project with the tokens of each role in both places, and none of roles that are gone. */
export const withTokensInStep = (project: AppProject): AppProject =>
  inStep(project, (name) => roleTokens(project, name));

function inStep(project: AppProject, tokensOf: (role: string) => readonly ProjectToken[]): AppProject {
  const { roles } = project.spec;
  if (roles === undefined || roles.length === 0) return { ...project, status: {} };
  const spec = { ...project.spec, roles: roles.map((role) => withTokens(role, tokensOf(role.name))) };
  const jwtTokensByRole = Object.fromEntries(
    roles.map(({ name }) => {
      const items = tokensOf(name);
      return [name, items.length === 0 ? {} : { items }];
    }),
  );
  return { ...project, spec, status: { jwtTokensByRole } };
}

function withTokens(
  { jwtTokens: _former, ...role }: ProjectRole,
  tokens: readonly ProjectToken[],
): ProjectRole {
  return tokens.length === 0 ? role : { ...role, jwtTokens: tokens };
}

const keyOf = ({ id = '', iat }: ProjectToken): string => (id === '' ? `at ${iat}` : `id ${id}`);
