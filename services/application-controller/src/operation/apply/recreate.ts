import { setTimeout as sleep } from 'node:timers/promises';
import { statusOf } from '@tiphys/adapter-kube';
import { lastAppliedOf, withLastApplied } from '@tiphys/merge';
import { asKubeObject, describeRef, hasCode, messageOf, TiphysError, type KubeObject } from '@tiphys/model';
import type { Applying } from './applying.ts';

/** So long a deleted object may take to be gone. */
const GONE_WITHIN_MS = 30_000;
const FIRST_LOOK_MS = 50;
const LAST_LOOK_MS = 1_000;

/**
 * True for a change that no later try will get through: it runs into a field that cannot be changed, or into somebody
 * else's change again and again. What an admission webhook denied stays as it is: it would be denied anew.
 */
export function isRefusedForGood(error: unknown): boolean {
  if (/^admission webhook/u.test(messageOf(error))) return false;
  return hasCode(error, 'conflict') || statusOf(error)?.reason === 'Invalid';
}

/**
 * Deletes a live object, awaits its end and creates the desired one. Where that is refused, the object that was there
 * is put back, and the refusal told.
 */
export async function recreate(live: KubeObject, desired: KubeObject, applying: Applying): Promise<void> {
  const { gateway, ref, validate } = applying;
  try {
    await gateway.delete(live, ref, { propagation: 'Background' });
  } catch (error) {
    if (!hasCode(error, 'not-found')) throw error;
  }
  await gone(live, applying);
  try {
    await gateway.create(desired, ref, { validate });
  } catch (error) {
    await gateway.create(restorable(live), ref, { validate: false }).catch((failure: unknown) => {
      throw new TiphysError(
        'failed-precondition',
        `${messageOf(error)}; and ${describeRef(ref)}, deleted to be made anew, could not be put back: ${messageOf(failure)}`,
        { cause: error },
      );
    });
    throw error;
  }
}

async function gone(live: KubeObject, { gateway, ref }: Applying): Promise<void> {
  const until = performance.now() + GONE_WITHIN_MS;
  for (let wait = FIRST_LOOK_MS; ; wait = Math.min(wait * 2, LAST_LOOK_MS)) {
    const left = await gateway.get(live, ref).catch((error: unknown) => {
      if (hasCode(error, 'not-found')) return undefined;
      throw error;
    });
    if (left === undefined || left.metadata.uid !== live.metadata.uid) return;
    if (performance.now() >= until) throw stillThere(left, ref);
    await sleep(wait);
  }
}

function stillThere(left: KubeObject, ref: Applying['ref']): TiphysError {
  const holders = left.metadata.finalizers ?? [];
  const why = holders.length === 0 ? '' : `; its finalizers hold it: ${holders.join(', ')}`;
  return new TiphysError(
    'failed-precondition',
    `${describeRef(ref)} was deleted to be made anew and is still there after ${GONE_WITHIN_MS / 1_000} s${why}`,
  );
}

/**
 * A live object as it can be created again: as it was applied last, as some kinds refuse what their server filled in;
 * else as it was.
 */
function restorable(live: KubeObject): KubeObject {
  const applied = asKubeObject(lastAppliedOf(live));
  if (applied !== undefined) return withLastApplied(applied);
  const {
    uid: _uid,
    resourceVersion: _version,
    creationTimestamp: _created,
    deletionTimestamp: _deleted,
    generation: _generation,
    managedFields: _fields,
    ...metadata
  } = live.metadata;
  const { status: _status, ...rest } = live;
  return { ...rest, apiVersion: live.apiVersion, kind: live.kind, metadata };
}
