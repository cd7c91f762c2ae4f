import type { JsonObject } from '@tiphys/model';
import type { StructType } from '@tiphys/merge';
import { admissionDefaults } from './admission.ts';
import { autoscalingDefaults } from './autoscaling.ts';
import { coreDefaults } from './core.ts';
import { flowControlDefaults } from './flow-control.ts';
import { networkDefaults } from './network.ts';
import { podDefaults } from './pod.ts';
import { rbacDefaults } from './rbac.ts';
import { filled, type DefaultsTable } from './rule.ts';
import { storageDefaults } from './storage.ts';
import { volumeDefaults } from './volumes.ts';
import { workloadDefaults } from './workloads.ts';

const table: DefaultsTable = {
  ...admissionDefaults,
  ...autoscalingDefaults,
  ...coreDefaults,
  ...flowControlDefaults,
  ...networkDefaults,
  ...podDefaults,
  ...rbacDefaults,
  ...storageDefaults,
  ...volumeDefaults,
  ...workloadDefaults,
};

/** The struct with the defaults of its own fields; nested structs get theirs when it is their turn. */
export function withDefaults(object: JsonObject, type: StructType): JsonObject {
  const rule = table[type.name];
  if (rule === undefined) return object;
  const result = rule.fill === undefined ? object : filled(object, rule.fill, type);
  return rule.then === undefined ? result : rule.then(result);
}

/** The names of all structs with defaults. */
export const defaultedStructs: readonly string[] = Object.keys(table);
