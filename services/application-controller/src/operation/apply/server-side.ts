import { asJson, FIELD_MANAGER, hasCode, type KubeObject } from '@tiphys/model';
import { moveManagedFields } from '@tiphys/merge';
import { previewOf } from './client-side.ts';
import { MAX_CONFLICTS, type ApplyMode, type Applying } from './applying.ts';
import { isRefusedForGood, recreate } from './recreate.ts';

/**
 * Server-side apply that takes over what others own. Before the first one the fields of former client-side applies
 * become ours, so that what git drops later is taken away, and the annotation that they left goes. A preview is that
 * of a client-side apply without its annotation's limit: the server is not asked.
 */
export const serverSide: ApplyMode = {
  async apply(applying) {
    const { ref, target, live, gateway, validate } = applying;
    if (live !== undefined) await takeOver(live, applying);
    try {
      await gateway.patch(target, ref, { type: 'apply', body: asJson(target), force: true, validate });
    } catch (error) {
      if (live === undefined || !applying.force || !isRefusedForGood(error)) throw error;
      await recreate(live, target, applying);
    }
    return { verb: 'serverside-applied' };
  },

  preview: previewOf,
};

/** Makes the fields of former managers ours. Nothing is asked of the server where there are none. */
async function takeOver(live: KubeObject, applying: Applying, conflicts = 0): Promise<void> {
  const { target, ref, gateway, formerManagers } = applying;
  const moved = moveManagedFields(live.metadata.managedFields ?? [], {
    from: formerManagers,
    to: FIELD_MANAGER,
  });
  if (moved === undefined) return;
  const { resourceVersion = '' } = live.metadata;
  try {
    await gateway.patch(target, ref, {
      type: 'json',
      body: [
        { op: 'replace', path: '/metadata/managedFields', value: moved },
        // The entries are those of this very version.
        { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
      ],
      validate: applying.validate,
    });
  } catch (error) {
    // Who is gone has no fields that could be moved.
    if (hasCode(error, 'not-found')) return;
    if (!hasCode(error, 'conflict') || conflicts >= MAX_CONFLICTS) throw error;
    await takeOver(await gateway.get(target, ref), applying, conflicts + 1);
  }
}
