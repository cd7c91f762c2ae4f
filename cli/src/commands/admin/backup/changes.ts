import { annotations, asJson, labels } from '@tiphys/model';
import type { JsonValue, KubeObject } from '@tiphys/model';
import { jsonEqual } from '@tiphys/merge';

/** The parts of an object that a backup restores. */
function partsOf(kind: string): readonly string[] {
  switch (kind) {
    case 'ConfigMap':
    case 'Secret':
      return ['data'];
    case 'Application':
      return ['spec', 'status', 'operation'];
    default:
      return ['spec'];
  }
}

/** True where the live object is what the backup says. */
export function isRestored(backup: KubeObject, live: KubeObject): boolean {
  const same = (a: JsonValue | undefined, b: JsonValue | undefined): boolean => jsonEqual(a ?? {}, b ?? {});
  return (
    same(marksOf(backup, 'annotations'), marksOf(live, 'annotations')) &&
    same(marksOf(backup, 'labels'), marksOf(live, 'labels')) &&
    comparedParts(backup).every((part) => same(valueOf(backup, part), valueOf(live, part)))
  );
}

/** Of an Application, a status and an operation count only where the backup has them. */
const comparedParts = (backup: KubeObject): readonly string[] =>
  partsOf(backup.kind).filter(
    (part) => !['status', 'operation'].includes(part) || valueOf(backup, part) !== undefined,
  );

const valueOf = (object: KubeObject, key: string): JsonValue | undefined => asJson(object)[key];

function marksOf({ metadata }: KubeObject, key: 'annotations' | 'labels'): JsonValue {
  const { [annotations.lastApplied]: _lastApplied, ...marks } = metadata[key] ?? {};
  return marks;
}

/** The live object with what the backup says of it. A status that the backup does not have stays as it is. */
export function restored(
  backup: KubeObject,
  live: KubeObject,
  { stopOperation }: { readonly stopOperation: boolean },
): KubeObject {
  const saved = asJson(backup);
  const { annotations: notes, labels: marks, finalizers, ...identity } = live.metadata;
  const { operation, ...rest } = live as KubeObject & { readonly operation?: JsonValue };
  const isApplication = live.kind === 'Application';
  const parts = partsOf(live.kind).filter((part) => part !== 'operation' && saved[part] !== undefined);
  const keptOperation = stopOperation ? undefined : (saved['operation'] ?? operation);
  const { data: _data, ...withoutData } = rest as KubeObject & { readonly data?: JsonValue };
  return {
    ...(partsOf(live.kind).includes('data') ? withoutData : rest),
    ...Object.fromEntries(parts.map((part) => [part, saved[part]])),
    ...(isApplication && keptOperation !== undefined ? { operation: keptOperation } : {}),
    metadata: {
      ...identity,
      ...given('annotations', backup.metadata.annotations),
      ...given('labels', backup.metadata.labels),
      ...given('finalizers', backup.metadata.finalizers),
    },
  };
}

const given = (key: string, value: unknown): object => (value === undefined ? {} : { [key]: value });

/** The backup with the tracking marks that the live object has, so that they stay as they are. */
export function withLiveTracking(backup: KubeObject, live: KubeObject): KubeObject {
  const { metadata } = backup;
  const note = live.metadata.annotations?.[annotations.trackingId];
  const mark = live.metadata.labels?.[labels.instance];
  return {
    ...backup,
    metadata: {
      ...metadata,
      ...(note === undefined
        ? {}
        : { annotations: { ...metadata.annotations, [annotations.trackingId]: note } }),
      ...(mark === undefined ? {} : { labels: { ...metadata.labels, [labels.instance]: mark } }),
    },
  };
}
