/**
 * The groups in the claims of a token: the values of each claim that `scopes` names, which may be one text or a list.
 */
export function groupsIn(
  claims: Readonly<Record<string, unknown>>,
  scopes: readonly string[],
): readonly string[] {
  return scopes.flatMap((scope) => {
    const value = Object.hasOwn(claims, scope) ? claims[scope] : undefined;
    if (typeof value === 'string') return [value];
    return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
  });
}
