import { stringAt, valueAt, type JsonValue } from '@tiphys/model';
import { byPhase, messageAt } from '../phase.ts';
import { degraded, healthy, progressing, type HealthRule, type RulesByKind } from '../rule.ts';

const ceph: HealthRule = (object) => {
  const state = stringAt(object, 'status', 'state');
  if (state === undefined) return progressing('Waiting for status to be reported');
  const said = stringAt(object, 'status', 'message') ?? '';
  const ok = stringAt(object, 'status', 'ceph', 'health');
  if (ok === 'HEALTH_WARN' || ok === 'HEALTH_ERR') {
    const details = Object.values(valueAt(object, 'status', 'ceph', 'details') ?? {}) as readonly JsonValue[];
    const list = details.map((detail) => stringAt(detail, 'message') ?? '').join('; ');
    return degraded(`Ceph health is ${ok} (${list}) - ${said}`);
  }
  if (state === 'Error') return degraded(said);
  return state === 'Created' && ok === 'HEALTH_OK' ? healthy(said) : progressing(said);
};

const cephObjectStore: HealthRule = byPhase({
  phases: {
    Ready: ['Healthy', 'Ceph object store phase is Ready'],
    Connected: ['Healthy', 'Ceph object store phase is Connected'],
    Failure: ['Degraded', 'Ceph object store phase is Failure'],
  },
  absent: ['Progressing', 'Waiting for the status to be reported'],
  otherwise: ['Progressing', (_object, phase) => `Ceph object store phase is ${phase}`],
});

const minio: HealthRule = (object) => {
  const state = stringAt(object, 'status', 'currentState');
  if (state === undefined) return progressing('No status info available');
  if (state === 'Initialized') return healthy(state);
  return /^(?:Provisioning|Updating|Waiting|Restarting|Stopping|Decommissioning|Adding)/.test(state)
    ? progressing(state)
    : degraded(state);
};

const bucketClaim: HealthRule = byPhase({
  phases: {
    Bound: ['Healthy', 'Object bucket claim phase is Bound'],
    Failed: ['Degraded', 'Object bucket claim phase is Failed'],
  },
  absent: ['Progressing', 'Waiting for the status to be reported'],
  otherwise: ['Progressing', (_object, phase) => `Object bucket claim phase is ${phase}`],
});

const volumeSnapshot: HealthRule = (object) => {
  const error = stringAt(object, 'status', 'error', 'message');
  if (error !== undefined) return degraded(error);
  const use = valueAt(object, 'status', 'readyToUse');
  if (use === undefined) return progressing('Waiting for status');
  return use === true ? healthy('Ready to use') : progressing('Waiting for the snapshot to be ready');
};

const tridentBackend: HealthRule = byPhase({
  path: ['status', 'lastOperationStatus'],
  phases: {
    Success: ['Healthy', messageAt('status', 'message')],
    Failed: ['Degraded', messageAt('status', 'message')],
  },
  otherwise: ['Progressing', 'Waiting for backend creation'],
});

const tridentOrchestrator: HealthRule = byPhase({
  path: ['status', 'status'],
  phases: {
    Installed: ['Healthy', messageAt('status', 'message')],
    Error: ['Degraded', messageAt('status', 'message')],
    Failed: ['Degraded', messageAt('status', 'message')],
  },
  otherwise: ['Progressing', 'Waiting for trident installation'],
});

/** Storage: block, object and snapshots. */
export const storageRules: Readonly<Record<string, RulesByKind>> = {
  'ceph.rook.io': { CephCluster: ceph, CephObjectStore: cephObjectStore },
  'minio.min.io': { Tenant: minio },
  'objectbucket.io': { ObjectBucketClaim: bucketClaim },
  'snapshot.storage.k8s.io': { VolumeSnapshot: volumeSnapshot, VolumeSnapshotContent: volumeSnapshot },
  'trident.netapp.io': { TridentBackendConfig: tridentBackend, TridentOrchestrator: tridentOrchestrator },
};
