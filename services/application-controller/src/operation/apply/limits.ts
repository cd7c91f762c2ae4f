import { goJson } from '@tiphys/merge';
import { annotations, asJson, hasCode, messageOf, TiphysError, type KubeObject } from '@tiphys/model';

/** Bytes of all annotations of an object together that an API server takes. */
const MAX_ANNOTATIONS = 256 * 1024;

/** Refuses an object whose record of what was applied last would not fit into its annotations. */
export function assertRecordable(object: KubeObject): void {
  const bytes = Object.entries(object.metadata.annotations ?? {}).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
  if (bytes <= MAX_ANNOTATIONS) return;
  throw new TiphysError(
    'invalid',
    `${object.kind} "${object.metadata.name ?? ''}" is invalid: metadata.annotations: Too long: may not be more than ` +
      `${MAX_ANNOTATIONS} bytes: the object is too large for the annotation ${annotations.lastApplied} (${bytes} bytes ` +
      'with it); give it the sync option ServerSideApply=true, which needs no such annotation',
  );
}

const tooLarge = /request is too large|request entity too large|trying to send message larger than max/iu;

/** What to say of a write that failed: the words of the API server, and the size where that is what it minds. */
export function explained(error: unknown, object: KubeObject | undefined): string {
  const message = messageOf(error);
  if (object === undefined || !hasCode(error, 'invalid') || !tooLarge.test(message)) return message;
  const mebibytes = (Buffer.byteLength(goJson(asJson(object))) / 1024 ** 2).toFixed(1);
  return (
    `${object.kind} "${object.metadata.name ?? ''}" is too large for the cluster (${mebibytes} MiB; etcd takes about ` +
    `1.5 MiB by default): ${message}`
  );
}
