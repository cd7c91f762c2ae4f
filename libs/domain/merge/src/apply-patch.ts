import { asJson, type JsonObject, type KubeObject } from '@tiphys/model';
import { applyJsonMergePatch, isEmpty, threeWayJsonMergePatch } from './json-merge.ts';
import { typeOfKind } from './kube-types.ts';
import { lastAppliedOf, withLastApplied } from './last-applied.ts';
import { withEncodedData } from './secret-data.ts';
import { applyStrategicPatch } from './strategic-apply.ts';
import { threeWayStrategicPatch } from './strategic-patch.ts';

/** A patch and how the API server is to read it. */
export interface ObjectPatch {
  readonly contentType: 'application/strategic-merge-patch+json' | 'application/merge-patch+json';
  readonly body: JsonObject;
  /** True where nothing is to be done. */
  readonly isEmpty: boolean;
}

export interface PatchSides {
  /** What was applied last; absent where that isn't known, so nothing is cleared. */
  readonly original: JsonObject | undefined;
  readonly target: KubeObject;
  readonly live: KubeObject;
}

/**
 * The three-way patch from live to target: strategic for built-in kinds, JSON merge for all others. A Secret's
 * `stringData` counts as `data`, so that a key taken out of it is removed from the live Secret.
 */
export function threeWayPatch({ original, target, live }: PatchSides): ObjectPatch {
  const type = typeOfKind(target);
  const isSecret = target.kind === 'Secret' && target.apiVersion === 'v1';
  const sides = {
    original: isSecret && original !== undefined ? withEncodedData(original) : original,
    modified: isSecret ? withEncodedData(asJson(target)) : asJson(target),
    current: asJson(live),
  };
  const body =
    type === undefined ? threeWayJsonMergePatch(sides) : threeWayStrategicPatch({ ...sides, type });
  return {
    contentType:
      type === undefined ? 'application/merge-patch+json' : 'application/strategic-merge-patch+json',
    body,
    isEmpty: isEmpty(body),
  };
}

/**
 * The patch that `kubectl apply` would send for `target` over `live`: it reads what was applied last from the live
 * object and records the target in its annotation. To create a missing object, send {@link withLastApplied} instead.
 */
export const clientSideApplyPatch = (target: KubeObject, live: KubeObject): ObjectPatch =>
  threeWayPatch({ original: lastAppliedOf(live), target: withLastApplied(target), live });

/** The object that the API server makes of `live` and the patch, before defaults and admission. */
export function applyPatch(live: KubeObject, patch: ObjectPatch): KubeObject {
  if (patch.isEmpty) return live;
  const type = typeOfKind(live);
  const strategic = patch.contentType === 'application/strategic-merge-patch+json' && type !== undefined;
  const result = strategic
    ? applyStrategicPatch(asJson(live), patch.body, type)
    : applyJsonMergePatch(asJson(live), patch.body);
  return result as unknown as KubeObject;
}
