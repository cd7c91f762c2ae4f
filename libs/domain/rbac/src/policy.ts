import { Patterns } from './patterns.ts';
import type { Test } from './patterns.ts';
import type { MatchMode, Permission, PermissionRule, Rule } from './rules.ts';
import type { SubjectSet } from './subject-sets.ts';

/** How far a role may be away from a member: member of a role of a role and so on. */
const MAX_DEPTH = 10;
const MAX_DECISIONS = 20_000;

interface CompiledRule {
  readonly resource: Test;
  readonly action: Test;
  readonly object: Test;
  readonly isAllowed: boolean;
}

/** Rules by subject, roles by member. */
interface Layer {
  readonly permissions: ReadonlyMap<string, readonly PermissionRule[]>;
  readonly roles: ReadonlyMap<string, readonly string[]>;
}

/** The rules of one subject and of all its roles. */
interface Subject {
  /** By resource, for rules that name it. */
  readonly named: ReadonlyMap<string, readonly CompiledRule[]>;
  /** Rules whose resource is a pattern. */
  readonly others: readonly CompiledRule[];
}

interface KnownOfSet {
  /** Those that are members of roles. */
  readonly members: readonly string[];
  readonly decisions: Map<string, boolean>;
}

/**
 * A set of rules, with an index by subject. A subject may do what a rule of it or of one of its roles allows, and none
 * denies. Decisions are kept, as rules never change: other rules are another policy.
 */
export class Policy {
  readonly #patterns: Patterns;
  readonly #base: Policy | undefined;
  /** Its own rules last. */
  readonly #layers: readonly Layer[];
  readonly #subjects = new Map<string, Subject>();
  readonly #decisions = new Map<string, boolean>();
  readonly #sets = new WeakMap<SubjectSet, KnownOfSet>();

  /** `base` holds the rules that come before these; its match mode counts. */
  constructor(rules: readonly Rule[], { mode = 'glob', base }: { mode?: MatchMode; base?: Policy } = {}) {
    this.#patterns = base === undefined ? new Patterns(mode) : base.#patterns;
    this.#base = base;
    this.#layers = [...(base === undefined ? [] : base.#layers), layerOf(rules)];
  }

  get mode(): MatchMode {
    return this.#patterns.mode;
  }

  /** True where some rule of the subject allows it and none denies it. */
  allows(subject: string, { resource, action, object }: Permission): boolean {
    const lengths = `${subject.length},${resource.length},${action.length}`;
    const key = `${lengths}:${subject}${resource}${action}${object}`;
    const known = this.#decisions.get(key);
    if (known !== undefined) return known;
    return keep(this.#decisions, key, () => decide(this.#subject(subject), { resource, action, object }));
  }

  /** True where one of the subjects that is the member of a role may do it; the others do not count. */
  allowsMemberOf(set: SubjectSet, { resource, action, object }: Permission): boolean {
    const { members, decisions } = this.#knownOf(set);
    const key = `${resource.length},${action.length}:${resource}${action}${object}`;
    const known = decisions.get(key);
    if (known !== undefined) return known;
    const permission = { resource, action, object };
    return keep(decisions, key, () => members.some((name) => decide(this.#subject(name), permission)));
  }

  #knownOf(set: SubjectSet): KnownOfSet {
    const known = this.#sets.get(set);
    if (known) return known;
    const members = set.names.filter((name) => this.isMember(name));
    const made = { members, decisions: new Map<string, boolean>() };
    this.#sets.set(set, made);
    return made;
  }

  /** True where some rule makes it the member of a role. */
  isMember(name: string): boolean {
    return this.#layers.some(({ roles }) => roles.has(name));
  }

  #subject(name: string): Subject {
    const known = this.#subjects.get(name);
    if (known) return known;
    const names = [...this.#closure(name)];
    const subject =
      this.#base !== undefined && !this.#addsTo(names) ? this.#base.#subject(name) : this.#compile(names);
    if (this.#subjects.size >= MAX_DECISIONS) this.#subjects.clear();
    this.#subjects.set(name, subject);
    return subject;
  }

  #addsTo(names: readonly string[]): boolean {
    const own = this.#layers.at(-1);
    return names.some((name) => own?.roles.has(name) === true || own?.permissions.has(name) === true);
  }

  #closure(name: string): ReadonlySet<string> {
    const found = new Set([name]);
    let edge: readonly string[] = [name];
    for (let depth = 0; depth < MAX_DEPTH && edge.length > 0; depth++) {
      edge = [...new Set(edge.flatMap((each) => this.#rolesOf(each)))].filter((role) => !found.has(role));
      for (const role of edge) found.add(role);
    }
    return found;
  }

  #rolesOf(name: string): readonly string[] {
    return this.#layers.flatMap(({ roles }) => roles.get(name) ?? []);
  }

  #permissionsOf(name: string): readonly PermissionRule[] {
    return this.#layers.flatMap(({ permissions }) => permissions.get(name) ?? []);
  }

  #compile(names: readonly string[]): Subject {
    const named = new Map<string, CompiledRule[]>();
    const others: CompiledRule[] = [];
    for (const rule of names.flatMap((name) => this.#permissionsOf(name))) {
      const literal = this.#patterns.literal(rule.resource);
      if (literal === undefined) others.push(this.#compiled(rule));
      else append(named, literal, this.#compiled(rule));
    }
    return { named, others };
  }

  #compiled({ resource, action, object, isAllowed }: PermissionRule): CompiledRule {
    const test = (pattern: string): Test => this.#patterns.test(pattern);
    return { resource: test(resource), action: test(action), object: test(object), isAllowed };
  }
}

function keep(decisions: Map<string, boolean>, key: string, decide: () => boolean): boolean {
  const decision = decide();
  if (decisions.size >= MAX_DECISIONS) decisions.clear();
  decisions.set(key, decision);
  return decision;
}

function layerOf(rules: readonly Rule[]): Layer {
  const permissions = new Map<string, PermissionRule[]>();
  const roles = new Map<string, string[]>();
  for (const rule of rules) {
    if (rule.type === 'membership') append(roles, rule.member, rule.role);
    else append(permissions, rule.subject, rule);
  }
  return { permissions, roles };
}

function decide({ named, others }: Subject, permission: Permission): boolean {
  let isAllowed = false;
  for (const rules of [named.get(permission.resource) ?? [], others]) {
    for (const rule of rules) {
      if (isAllowed && rule.isAllowed) continue;
      if (!matches(rule, permission)) continue;
      if (!rule.isAllowed) return false;
      isAllowed = true;
    }
  }
  return isAllowed;
}

const matches = (rule: CompiledRule, { resource, action, object }: Permission): boolean =>
  rule.resource(resource) && rule.action(action) && rule.object(object);

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
