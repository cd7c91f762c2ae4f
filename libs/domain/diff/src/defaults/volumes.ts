import type { JsonObject } from '@tiphys/model';
import { has, objectAt, orElse, type DefaultsTable } from './rule.ts';
import { pullPolicy } from './pull-policy.ts';

const filePermissions = { defaultMode: 0o644 };
const iscsi = { iscsiInterface: 'default' };
const rbd = { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' };
const scaleIo = { fsType: 'xfs', storageMode: 'ThinProvisioned' };

/** A volume without a source is an empty directory. */
function volume(object: JsonObject): JsonObject {
  if (!Object.keys(object).some((key) => key !== 'name' && has(object, key)))
    return { ...object, emptyDir: {} };
  if (!has(object, 'image')) return object;
  const image = objectAt(object, 'image');
  const reference = image['reference'];
  return {
    ...object,
    image: orElse(image, 'pullPolicy', pullPolicy(typeof reference === 'string' ? reference : '')),
  };
}

export const volumeDefaults: DefaultsTable = {
  'core/v1.Volume': { then: volume },
  'core/v1.SecretVolumeSource': { fill: filePermissions },
  'core/v1.ConfigMapVolumeSource': { fill: filePermissions },
  'core/v1.DownwardAPIVolumeSource': { fill: filePermissions },
  'core/v1.ProjectedVolumeSource': { fill: filePermissions },
  'core/v1.ServiceAccountTokenProjection': { fill: { expirationSeconds: 3600 } },
  'core/v1.HostPathVolumeSource': { fill: { type: '' } },
  'core/v1.AzureDiskVolumeSource': {
    fill: { cachingMode: 'ReadWrite', kind: 'Shared', fsType: 'ext4', readOnly: false },
  },
  'core/v1.ISCSIVolumeSource': { fill: iscsi },
  'core/v1.ISCSIPersistentVolumeSource': { fill: iscsi },
  'core/v1.RBDVolumeSource': { fill: rbd },
  'core/v1.RBDPersistentVolumeSource': { fill: rbd },
  'core/v1.ScaleIOVolumeSource': { fill: scaleIo },
  'core/v1.ScaleIOPersistentVolumeSource': { fill: scaleIo },
};
