import { refOf, versionOf, type KubeObject, type ResourceRef, type ResourceStatus } from '@tiphys/model';
import { isHook, isSkipped, waveOf } from '@tiphys/sync-plan';
import type { LiveObject } from '../live/live-object.ts';

/** The rows of a status for hooks that are live, and for objects of git that are never applied. Neither has a status. */
export function hookRows(
  desired: readonly KubeObject[],
  managed: readonly LiveObject[],
): readonly ResourceStatus[] {
  const skipped = desired.filter(isSkipped).map((object) => rowOf(refOf(object), object));
  const live = managed.flatMap(({ ref, object, owners }) =>
    object === undefined || owners.length > 0 || !isHook(object) || isSkipped(object)
      ? []
      : [{ ...rowOf(ref, object), hook: true, requiresPruning: true }],
  );
  return [...skipped, ...live];
}

function rowOf({ group, kind, namespace, name }: ResourceRef, object: KubeObject): ResourceStatus {
  const wave = waveOf(object);
  return {
    ...(group === '' ? {} : { group }),
    version: versionOf(object.apiVersion),
    kind,
    ...(namespace === '' ? {} : { namespace }),
    name,
    ...(wave === 0 ? {} : { syncWave: wave }),
  };
}
