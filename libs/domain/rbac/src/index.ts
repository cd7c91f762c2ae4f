export { builtInRules } from './built-in.ts';
export { groupsIn } from './groups.ts';
export { parsePolicy, type ParsedPolicy } from './parse-policy.ts';
export { Policy } from './policy.ts';
export { parseRoleSubject, roleSubject, rulesOfProject } from './project-rules.ts';
export { Rbac, type Identity, type RbacOptions } from './rbac.ts';
export type { MatchMode, MembershipRule, Permission, PermissionRule, Rule } from './rules.ts';
export { readRbacSettings, type RbacSettings, type ReadRbacSettings } from './settings.ts';
