import { asJson, type KubeObject } from '@tiphys/model';
import { jsonEqual, typeOfKind } from '@tiphys/merge';
import { changedPaths } from './changed-paths.ts';
import { sortedEndpoints } from './endpoints.ts';
import { settledStruct, withoutNullFields } from './settle.ts';

export interface Comparison {
  /** True where applying the target would change nothing that counts. */
  readonly synced: boolean;
  /** The live object as it was compared. */
  readonly normalizedLive: KubeObject;
  /** What the live object would become; the very same object as `normalizedLive` where nothing changes. */
  readonly predictedLive: KubeObject;
  /** JSON pointers of what would change; empty where synced. */
  readonly changedPaths: readonly string[];
}

/** How an object would change, after both have settled: defaults filled in, values in one form. */
export function changeOf(live: KubeObject, predicted: KubeObject): Comparison {
  const before = settled(live);
  const after = settled(predicted);
  if (jsonEqual(asJson(before), asJson(after))) return inSync(live);
  return {
    synced: false,
    normalizedLive: before,
    predictedLive: after,
    changedPaths: changedPaths(asJson(before), asJson(after)),
  };
}

/** Nothing would change. */
export const inSync = (live: KubeObject): Comparison => ({
  synced: true,
  normalizedLive: live,
  predictedLive: live,
  changedPaths: [],
});

function settled(object: KubeObject): KubeObject {
  const type = typeOfKind(object);
  if (type === undefined) return withoutNullFields(asJson(object)) as unknown as KubeObject;
  const result = settledStruct(asJson(object), type);
  return (object.kind === 'Endpoints' ? sortedEndpoints(result) : result) as unknown as KubeObject;
}
