/** `p, subject, resource, action, object, allow|deny`. */
export interface PermissionRule {
  readonly type: 'permission';
  /** A user, or a role. */
  readonly subject: string;
  /** Patterns, as are action and object. */
  readonly resource: string;
  readonly action: string;
  readonly object: string;
  readonly isAllowed: boolean;
}

/** `g, member, role`. */
export interface MembershipRule {
  readonly type: 'membership';
  /** A user, a group or a role. */
  readonly member: string;
  readonly role: string;
}

export type Rule = PermissionRule | MembershipRule;

/** How resources, actions and objects of rules are compared with those that are asked for. */
export type MatchMode = 'glob' | 'regex';

/** What is asked for; `object` is empty where a resource has none. */
export interface Permission {
  readonly resource: string;
  readonly action: string;
  readonly object: string;
}
