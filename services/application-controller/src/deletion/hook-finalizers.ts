import { finalizers, type Application, type KubeObject } from '@tiphys/model';
import { hookTypesOf, type HookType } from '@tiphys/sync-plan';

/** A part of a deletion that stands in the finalizers while it is to be done. */
export type DeleteStage = 'PreDelete' | 'PostDelete';

/** The finalizer that waits for the hooks of a stage, and the one that waits for what they leave to be tidied up. */
export const stageFinalizers: Readonly<Record<DeleteStage, { readonly run: string; readonly tidy: string }>> =
  {
    PreDelete: { run: finalizers.preDelete, tidy: finalizers.preDeleteCleanup },
    PostDelete: { run: finalizers.postDelete, tidy: finalizers.postDeleteCleanup },
  };

export const DELETE_STAGES: readonly DeleteStage[] = ['PreDelete', 'PostDelete'];

const managed: readonly string[] = DELETE_STAGES.flatMap((stage) => Object.values(stageFinalizers[stage]));

export const hasFinalizer = (app: Application, name: string): boolean =>
  app.metadata.finalizers?.includes(name) === true;

export const isOfType = (object: KubeObject, type: HookType): boolean => hookTypesOf(object).includes(type);

/**
 * The finalizers of an Application whose manifests hold these hooks: those of a stage are there exactly while it has
 * hooks. Undefined where they are right as they are.
 */
export function finalizersFor(app: Application, hooks: readonly KubeObject[]): readonly string[] | undefined {
  const now = app.metadata.finalizers ?? [];
  const needed = DELETE_STAGES.filter((stage) => hooks.some((hook) => isOfType(hook, stage))).flatMap(
    (stage) => Object.values(stageFinalizers[stage]),
  );
  const kept = now.filter((name) => !managed.includes(name) || needed.includes(name));
  const missing = needed.filter((name) => !now.includes(name));
  return kept.length === now.length && missing.length === 0 ? undefined : [...kept, ...missing];
}
