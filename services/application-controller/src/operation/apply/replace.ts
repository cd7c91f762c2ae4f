import { hasCode, type KubeObject } from '@tiphys/model';
import { MAX_CONFLICTS, type Applied, type ApplyMode, type Applying } from './applying.ts';
import { recreate } from './recreate.ts';

/**
 * The live object becomes the desired one, whatever others set in it; what is missing is created. Nothing is recorded
 * in annotations. With force the object is deleted and made anew.
 */
export const replace: ApplyMode = {
  async apply(applying) {
    const { target, ref, live, gateway } = applying;
    if (live !== undefined && applying.force) {
      await recreate(live, target, applying);
      return { verb: 'replaced' };
    }
    if (live !== undefined) return putOver(live, applying);
    try {
      await gateway.create(target, ref, applying);
      return { verb: 'created' };
    } catch (error) {
      if (!hasCode(error, 'already-exists')) throw error;
      return putOver(await gateway.get(target, ref), applying);
    }
  },

  preview: ({ live }) => ({ verb: live === undefined ? 'created' : 'replaced' }),
};

/** Replaces an object in place and never deletes it, as it would take with it all that it holds: CRDs and namespaces. */
export const update: ApplyMode = {
  async apply(applying) {
    const { verb } = await replace.apply({ ...applying, force: false });
    return { verb: verb === 'replaced' ? 'updated' : verb };
  },

  preview: ({ live }) => ({ verb: live === undefined ? 'created' : 'updated' }),
};

async function putOver(live: KubeObject, applying: Applying, conflicts = 0): Promise<Applied> {
  const { target, ref, gateway } = applying;
  const { resourceVersion } = live.metadata;
  const metadata = { ...target.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  try {
    await gateway.replace({ ...target, metadata }, ref, applying);
    return { verb: 'replaced' };
  } catch (error) {
    if (hasCode(error, 'not-found')) {
      await gateway.create(target, ref, applying);
      return { verb: 'created' };
    }
    if (!hasCode(error, 'conflict') || conflicts >= MAX_CONFLICTS) throw error;
    return putOver(await gateway.get(target, ref), applying, conflicts + 1);
  }
}
