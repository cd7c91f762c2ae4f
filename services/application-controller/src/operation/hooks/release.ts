import { finalizers, hasCode, type JsonObject, type KubeObject, type ResourceRef } from '@tiphys/model';
import { failpoint } from '@tiphys/runtime/failpoints';
import type { WriteGateway } from '../write-gateway.ts';

const MAX_CONFLICTS = 5;

export const isHeld = (object: KubeObject): boolean =>
  object.metadata.finalizers?.includes(finalizers.hook) === true;

/** Takes our finalizer off a hook, so that it may go. One that is gone or free already is left alone. */
export async function releaseHook(gateway: WriteGateway, ref: ResourceRef, live: KubeObject): Promise<void> {
  let object = live;
  failpoint('hook-release-before');
  for (let attempt = 0; isHeld(object); attempt += 1) {
    try {
      await gateway.patch(object, ref, { type: 'merge', body: withoutHold(object), validate: true });
      break;
    } catch (error) {
      if (hasCode(error, 'not-found')) break;
      if (!hasCode(error, 'conflict') || attempt === MAX_CONFLICTS) throw error;
      object = await gateway.get(object, ref);
    }
  }
  failpoint('hook-release-after');
}

/** The version makes sure that no finalizer of others is lost. */
const withoutHold = ({ metadata }: KubeObject): JsonObject => ({
  metadata: {
    finalizers: (metadata.finalizers ?? []).filter((name) => name !== finalizers.hook),
    ...(metadata.resourceVersion === undefined ? {} : { resourceVersion: metadata.resourceVersion }),
  },
});
