import type { JsonValue } from '@tiphys/model';
import type { Field, StructType } from '@tiphys/merge';

/** Fields for which empty means "the server chooses": an address, a node port, a node, an injected certificate. */
const serverChosen: Readonly<Record<string, readonly string[]>> = {
  'core/v1.ServiceSpec': ['clusterIP', 'clusterIPs', 'healthCheckNodePort', 'ipFamilies'],
  'core/v1.ServicePort': ['nodePort'],
  'core/v1.PersistentVolumeClaimSpec': ['volumeName'],
  'core/v1.PodSpec': ['nodeName', 'serviceAccountName', 'serviceAccount', 'priorityClassName'],
  'core/v1.ServiceAccount': ['secrets'],
  'admissionregistration/v1.WebhookClientConfig': ['caBundle'],
  'apiextensions/v1.WebhookClientConfig': ['caBundle'],
  'apiregistration/v1.APIServiceSpec': ['caBundle'],
};

/** True where a wanted value is empty in a field that the server then fills. */
export function isLeftToServer(type: StructType, field: Field, value: JsonValue): boolean {
  return isZero(value) && serverChosen[type.name]?.includes(field.name) === true;
}

/** True for what a plain (non-pointer) field of a Go type may leave out: null, false, 0, '' and empty lists. */
export const isZero = (value: JsonValue): boolean =>
  value === null ||
  value === false ||
  value === 0 ||
  value === '' ||
  (Array.isArray(value) && value.length === 0);
