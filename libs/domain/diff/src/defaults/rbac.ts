import type { JsonObject } from '@tiphys/model';
import type { DefaultsTable } from './rule.ts';

const group = 'rbac.authorization.k8s.io';

const subject = (object: JsonObject): JsonObject =>
  object['kind'] === 'ServiceAccount' || (object['apiGroup'] ?? '') !== ''
    ? object
    : { ...object, apiGroup: group };

export const rbacDefaults: DefaultsTable = {
  'rbac/v1.RoleRef': { fill: { apiGroup: group } },
  'rbac/v1.Subject': { then: subject },
};
