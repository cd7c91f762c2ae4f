import type { JsonObject } from '@tiphys/model';
import { objectAt, type DefaultsTable } from './rule.ts';

function crdNames(names: JsonObject): JsonObject {
  const kind = names['kind'];
  if (typeof kind !== 'string' || kind === '') return names;
  const isSet = (key: string): boolean => typeof names[key] === 'string' && names[key] !== '';
  return {
    ...names,
    ...(isSet('singular') ? {} : { singular: kind.toLowerCase() }),
    ...(isSet('listKind') ? {} : { listKind: `${kind}List` }),
  };
}

/** The spec's own conversion, not a field of `names`, so it is filled here. */
const crdSpec = (spec: JsonObject): JsonObject => ({
  conversion: { strategy: 'None' },
  ...spec,
  names: objectAt(spec, 'names'),
});

/** Storage classes and drivers, persistent volumes and claims, and what extends the API. */
export const storageDefaults: DefaultsTable = {
  'storage/v1.StorageClass': { fill: { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' } },
  'storage/v1.CSIDriverSpec': {
    fill: {
      attachRequired: true,
      podInfoOnMount: false,
      storageCapacity: false,
      fsGroupPolicy: 'ReadWriteOnceWithFSType',
      volumeLifecycleModes: ['Persistent'],
      requiresRepublish: false,
      seLinuxMount: false,
    },
  },
  'core/v1.PersistentVolumeSpec': {
    fill: { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' },
  },
  'core/v1.PersistentVolumeClaimSpec': { fill: { volumeMode: 'Filesystem' } },
  'apiextensions/v1.CustomResourceDefinitionSpec': { then: crdSpec },
  'apiextensions/v1.CustomResourceDefinitionNames': { then: crdNames },
  'apiextensions/v1.ServiceReference': { fill: { port: 443 } },
  'apiregistration/v1.ServiceReference': { fill: { port: 443 } },
};
