import { isJsonObject, stringAt, valueAt, type HealthStatus, type JsonObject } from '@tiphys/model';
import { conditionOf } from '../conditions.ts';
import { degraded, healthy, progressing, suspended, type HealthRule, type RulesByKind } from '../rule.ts';

const noStatus = progressing('No status available');

/** A task that runs once, by its state. */
const task =
  (kind: string): HealthRule =>
  (object) => {
    const state = stringAt(object, 'status', 'state');
    if (state === undefined) return noStatus;
    if (state === 'Completed') return healthy(`${kind} Completed`);
    return state === 'Failed' || state === 'Error' ? degraded(state) : progressing(`${kind} ${state}`);
  };

function application(object: JsonObject): HealthStatus {
  if (!isJsonObject(object['status'])) return noStatus;
  const ready = conditionOf(object, 'Ready');
  const protection = stringAt(object, 'status', 'protectionState') ?? '';
  if (ready?.status === 'True') return healthy(`Astra Application Ready, protectionState: ${protection}`);
  return ready?.status === 'False' ? degraded(ready.message) : progressing('Astra Application not Ready');
}

function appVault(object: JsonObject): HealthStatus {
  const state = stringAt(object, 'status', 'state');
  if (state === undefined) return noStatus;
  if (state === 'available') return healthy('AppVault Available');
  return state === 'error' ? degraded(stringAt(object, 'status', 'error')) : progressing(`AppVault ${state}`);
}

const execHook: HealthRule = (object) =>
  valueAt(object, 'spec', 'enabled') === false ? suspended('ExecHook disabled') : healthy('ExecHook enabled');

function schedule(object: JsonObject): HealthStatus {
  const last = stringAt(object, 'status', 'lastScheduleTime');
  return last === undefined
    ? healthy('Protection policy not yet executed')
    : healthy(`Protection policy lastScheduleTime: ${last}`);
}

export const astraRules: RulesByKind = {
  Application: application,
  AppVault: appVault,
  Backup: task('Backup'),
  ExecHook: execHook,
  ExecHooksRun: task('ExecHooksRun'),
  ResourceBackup: task('ResourceBackup'),
  ResticVolumeBackup: task('ResticVolumeBackup'),
  Schedule: schedule,
  Snapshot: task('Snapshot'),
};
