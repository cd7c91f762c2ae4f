import { hasCode, type KubeObject, type ResourceRef } from '@tiphys/model';
import { propagationOf } from '../run-task.ts';
import type { WriteGateway } from '../write-gateway.ts';
import { releaseHook } from './release.ts';

/** Deletes a hook's object, with what it made, and lets it go. One that is gone already is fine. */
export async function removeHook(
  gateway: WriteGateway,
  ref: ResourceRef,
  { live, syncOptions }: { readonly live: KubeObject; readonly syncOptions: readonly string[] },
): Promise<void> {
  try {
    if (live.metadata.deletionTimestamp === undefined)
      await gateway.delete(live, ref, { propagation: propagationOf(live, syncOptions) });
    await releaseHook(gateway, ref, await gateway.get(live, ref));
  } catch (error) {
    if (!hasCode(error, 'not-found')) throw error;
  }
}
