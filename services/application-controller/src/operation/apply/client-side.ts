import { annotationOf, annotations, hasCode, type KubeObject } from '@tiphys/model';
import { clientSideApplyPatch, withLastApplied } from '@tiphys/merge';
import { MAX_CONFLICTS, type Applied, type ApplyMode, type Applying } from './applying.ts';
import { assertRecordable } from './limits.ts';
import { isRefusedForGood, recreate } from './recreate.ts';

/**
 * The apply of kubectl: the three-way patch between what was applied last (an annotation of the live object), what is
 * wanted, and what runs. An object that somebody changed meanwhile is read anew and patched once more.
 */
export const clientSide: ApplyMode = {
  async apply(applying) {
    const { live, gateway, ref, target } = applying;
    const recorded = withLastApplied(target);
    assertRecordable(recorded);
    if (live !== undefined) return applyOver(live, applying);
    try {
      await gateway.create(recorded, ref, applying);
      return { verb: 'created' };
    } catch (error) {
      if (!hasCode(error, 'already-exists')) throw error;
      // The view was behind: somebody made it in between.
      return applyOver(await gateway.get(target, ref), applying);
    }
  },

  preview(applying) {
    assertRecordable(withLastApplied(applying.target));
    return previewOf(applying);
  },
};

/** What a client-side apply would do. */
export function previewOf({ target, live }: Pick<Applying, 'target' | 'live'>): Applied {
  if (live === undefined) return { verb: 'created' };
  return { verb: clientSideApplyPatch(target, live).isEmpty ? 'unchanged' : 'configured' };
}

async function applyOver(live: KubeObject, applying: Applying, conflicts = 0): Promise<Applied> {
  const { target, ref, gateway, validate } = applying;
  const { isEmpty, body, contentType } = clientSideApplyPatch(target, live);
  if (isEmpty) return { verb: 'unchanged' };
  const type = contentType === 'application/strategic-merge-patch+json' ? 'strategic' : 'merge';
  try {
    await gateway.patch(target, ref, { type, body, validate });
    return { verb: 'configured', ...warningOf(live, applying) };
  } catch (error) {
    if (hasCode(error, 'not-found')) {
      await gateway.create(withLastApplied(target), ref, { validate });
      return { verb: 'created' };
    }
    if (hasCode(error, 'conflict') && conflicts < MAX_CONFLICTS)
      return applyOver(await gateway.get(target, ref), applying, conflicts + 1);
    if (!applying.force || !isRefusedForGood(error)) throw error;
    await recreate(live, withLastApplied(target), applying);
    return { verb: 'configured' };
  }
}

function warningOf(live: KubeObject, { gateway, target }: Applying): Pick<Applied, 'warning'> {
  if (annotationOf(live, annotations.lastApplied) !== undefined) return {};
  return { warning: missingRecord(`${gateway.resourceOf(target).resource}/${target.metadata.name ?? ''}`) };
}

/** What kubectl says of an object that it did not apply before (recorded text, blanks included). */
export const missingRecord = (name: string): string =>
  `Warning: resource ${name} is missing the ${annotations.lastApplied} annotation which is required by  apply.  ` +
  'apply should only be used on resources created declaratively by either  create --save-config or  apply. ' +
  'The missing annotation will be patched automatically.';
