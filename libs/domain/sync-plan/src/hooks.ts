import {
  annotations,
  finalizers,
  keyOf,
  refOf,
  versionOf,
  type KubeObject,
  type SyncPhase,
} from '@tiphys/model';
import { optionsOf } from './options.ts';
import type { SyncPair } from './plan.ts';

/** When an object runs instead of being part of the desired state. */
export const HOOK_TYPES = [
  'PreSync',
  'Sync',
  'PostSync',
  'SyncFail',
  'Skip',
  'PreDelete',
  'PostDelete',
] as const;
export type HookType = (typeof HOOK_TYPES)[number];

/** When the object of a hook is taken away again. */
export const DELETE_POLICIES = ['BeforeHookCreation', 'HookSucceeded', 'HookFailed'] as const;
export type DeletePolicy = (typeof DELETE_POLICIES)[number];

/** Types of Helm hooks; those that are not here never run (wire/labels.tsv, helm-hook-map). */
const helmTypes: Readonly<Record<string, HookType>> = {
  'pre-install': 'PreSync',
  'pre-upgrade': 'PreSync',
  'post-install': 'PostSync',
  'post-upgrade': 'PostSync',
  'pre-delete': 'PreDelete',
  'post-delete': 'PostDelete',
};

const helmPolicies: Readonly<Record<string, DeletePolicy>> = {
  'before-hook-creation': 'BeforeHookCreation',
  'hook-succeeded': 'HookSucceeded',
  'hook-failed': 'HookFailed',
};

/** The moment of a sync that a type of hook runs in; undefined for types that are no part of a sync. */
const phases: Readonly<Partial<Record<HookType, SyncPhase>>> = {
  PreSync: 'PreSync',
  Sync: 'Sync',
  PostSync: 'PostSync',
  SyncFail: 'SyncFail',
};

const isHookType = (text: string): text is HookType => (HOOK_TYPES as readonly string[]).includes(text);
const isPolicy = (text: string): text is DeletePolicy =>
  (DELETE_POLICIES as readonly string[]).includes(text);
const unique = <T>(items: readonly T[]): readonly T[] => [...new Set(items)];

/** True for objects that run at a moment of a sync rather than being part of the desired state. */
export const isHook = (object: KubeObject): boolean => {
  const marks = object.metadata.annotations;
  if (marks?.[annotations.hook] !== undefined) return true;
  const helm = marks?.[annotations.helmHook];
  // `crd-install` marks plain CRDs of Helm 2 charts.
  return helm !== undefined && helm !== 'crd-install';
};

/** The types of a hook, each once. Its own annotation wins over that of Helm. A hook without a type never runs. */
export function hookTypesOf(object: KubeObject): readonly HookType[] {
  const own = optionsOf(object, annotations.hook).filter(isHookType);
  if (own.length > 0) return unique(own);
  const helm = optionsOf(object, annotations.helmHook).map((text) => helmTypes[text]);
  return unique(helm.filter((type) => type !== undefined));
}

/** True for an object that is never applied, though git has it: `Skip` as its only type. */
export const isSkipped = (object: KubeObject): boolean => {
  const types = hookTypesOf(object);
  return types.length === 1 && types[0] === 'Skip';
};

/** When the object of a hook is deleted: what its annotations say, else before it is created anew. */
export function deletePoliciesOf(object: KubeObject): ReadonlySet<DeletePolicy> {
  const own = optionsOf(object, annotations.hookDeletePolicy).filter(isPolicy);
  const helm = optionsOf(object, annotations.helmHookDeletePolicy).map((text) => helmPolicies[text]);
  const named = [...own, ...helm.filter((policy) => policy !== undefined)];
  return new Set(named.length === 0 ? ['BeforeHookCreation'] : named);
}

/** What the name of a hook without one is made of. */
export interface HookNaming {
  readonly revision: string;
  /** Milliseconds since the epoch: the start of the operation, which retries and restarts share. */
  readonly startedAt: number;
}

/** A hook at one of its moments: what will be created, and its place in the sync. */
export interface PlannedHook extends Omit<SyncPair, 'target'> {
  readonly phase: SyncPhase;
  readonly target: KubeObject;
}

const SHORT_REVISION = 7;

/** The hook as it is created for a moment: named, and held until what came of it is known. */
export function hookObject(
  object: KubeObject,
  at: { readonly type: HookType; readonly naming: HookNaming },
): KubeObject {
  const { naming, type } = at;
  const { name, generateName, ...metadata } = object.metadata;
  const suffix =
    `${naming.revision.slice(0, SHORT_REVISION)}-${type}-${Math.floor(naming.startedAt / 1_000)}`.toLowerCase();
  const held = metadata.finalizers ?? [];
  return {
    ...object,
    metadata: {
      ...metadata,
      name: name === undefined || name === '' ? `${generateName ?? ''}${suffix}` : name,
      finalizers: held.includes(finalizers.hook) ? held : [...held, finalizers.hook],
    },
  };
}

/**
 * The hooks of a sync, one for each of their moments. `mark` puts the marks of the Application on an object, which
 * depend on its name.
 */
export function planHooks(
  hooks: readonly KubeObject[],
  naming: HookNaming,
  mark: (object: KubeObject) => KubeObject,
): readonly PlannedHook[] {
  return hooks.flatMap((object) =>
    hookTypesOf(object).flatMap((type) => {
      const phase = phases[type];
      if (phase === undefined) return [];
      const target = mark(hookObject(object, { type, naming }));
      const ref = refOf(target);
      return [{ phase, ref, key: keyOf(ref), version: versionOf(target.apiVersion), target }];
    }),
  );
}
