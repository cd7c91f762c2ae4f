// Written by tools/codegen/kube-types; do not edit.
import { admissionregistrationV1 } from './admissionregistration-v1.ts';
import { admissionregistrationV1alpha1 } from './admissionregistration-v1alpha1.ts';
import { admissionregistrationV1beta1 } from './admissionregistration-v1beta1.ts';
import { apiextensionsV1 } from './apiextensions-v1.ts';
import { apiregistrationV1 } from './apiregistration-v1.ts';
import { apiserverinternalV1alpha1 } from './apiserverinternal-v1alpha1.ts';
import { appsV1 } from './apps-v1.ts';
import { authenticationV1 } from './authentication-v1.ts';
import { autoscalingV1 } from './autoscaling-v1.ts';
import { autoscalingV2 } from './autoscaling-v2.ts';
import { batchV1 } from './batch-v1.ts';
import { batchV1beta1 } from './batch-v1beta1.ts';
import { certificatesV1 } from './certificates-v1.ts';
import { certificatesV1alpha1 } from './certificates-v1alpha1.ts';
import { certificatesV1beta1 } from './certificates-v1beta1.ts';
import { coordinationV1 } from './coordination-v1.ts';
import { coordinationV1alpha2 } from './coordination-v1alpha2.ts';
import { coordinationV1beta1 } from './coordination-v1beta1.ts';
import { coreV1 } from './core-v1.ts';
import { discoveryV1 } from './discovery-v1.ts';
import { discoveryV1beta1 } from './discovery-v1beta1.ts';
import { flowcontrolV1 } from './flowcontrol-v1.ts';
import { flowcontrolV1beta1 } from './flowcontrol-v1beta1.ts';
import { flowcontrolV1beta2 } from './flowcontrol-v1beta2.ts';
import { flowcontrolV1beta3 } from './flowcontrol-v1beta3.ts';
import { metaV1 } from './meta-v1.ts';
import { networkingV1 } from './networking-v1.ts';
import { networkingV1beta1 } from './networking-v1beta1.ts';
import { nodeV1 } from './node-v1.ts';
import { nodeV1alpha1 } from './node-v1alpha1.ts';
import { nodeV1beta1 } from './node-v1beta1.ts';
import { policyV1 } from './policy-v1.ts';
import { policyV1beta1 } from './policy-v1beta1.ts';
import { rbacV1 } from './rbac-v1.ts';
import { rbacV1alpha1 } from './rbac-v1alpha1.ts';
import { rbacV1beta1 } from './rbac-v1beta1.ts';
import { resourceV1 } from './resource-v1.ts';
import { resourceV1alpha3 } from './resource-v1alpha3.ts';
import { resourceV1beta1 } from './resource-v1beta1.ts';
import { resourceV1beta2 } from './resource-v1beta2.ts';
import { schedulingV1 } from './scheduling-v1.ts';
import { schedulingV1alpha2 } from './scheduling-v1alpha2.ts';
import { schedulingV1beta1 } from './scheduling-v1beta1.ts';
import { storageV1 } from './storage-v1.ts';
import { storageV1alpha1 } from './storage-v1alpha1.ts';
import { storageV1beta1 } from './storage-v1beta1.ts';
import { storagemigrationV1beta1 } from './storagemigration-v1beta1.ts';
export { kinds } from './kinds.ts';

/** Lines of types by module. */
export const modules: Readonly<Record<string, string>> = {
  'admissionregistration/v1': admissionregistrationV1,
  'admissionregistration/v1alpha1': admissionregistrationV1alpha1,
  'admissionregistration/v1beta1': admissionregistrationV1beta1,
  'apiextensions/v1': apiextensionsV1,
  'apiregistration/v1': apiregistrationV1,
  'apiserverinternal/v1alpha1': apiserverinternalV1alpha1,
  'apps/v1': appsV1,
  'authentication/v1': authenticationV1,
  'autoscaling/v1': autoscalingV1,
  'autoscaling/v2': autoscalingV2,
  'batch/v1': batchV1,
  'batch/v1beta1': batchV1beta1,
  'certificates/v1': certificatesV1,
  'certificates/v1alpha1': certificatesV1alpha1,
  'certificates/v1beta1': certificatesV1beta1,
  'coordination/v1': coordinationV1,
  'coordination/v1alpha2': coordinationV1alpha2,
  'coordination/v1beta1': coordinationV1beta1,
  'core/v1': coreV1,
  'discovery/v1': discoveryV1,
  'discovery/v1beta1': discoveryV1beta1,
  'flowcontrol/v1': flowcontrolV1,
  'flowcontrol/v1beta1': flowcontrolV1beta1,
  'flowcontrol/v1beta2': flowcontrolV1beta2,
  'flowcontrol/v1beta3': flowcontrolV1beta3,
  'meta/v1': metaV1,
  'networking/v1': networkingV1,
  'networking/v1beta1': networkingV1beta1,
  'node/v1': nodeV1,
  'node/v1alpha1': nodeV1alpha1,
  'node/v1beta1': nodeV1beta1,
  'policy/v1': policyV1,
  'policy/v1beta1': policyV1beta1,
  'rbac/v1': rbacV1,
  'rbac/v1alpha1': rbacV1alpha1,
  'rbac/v1beta1': rbacV1beta1,
  'resource/v1': resourceV1,
  'resource/v1alpha3': resourceV1alpha3,
  'resource/v1beta1': resourceV1beta1,
  'resource/v1beta2': resourceV1beta2,
  'scheduling/v1': schedulingV1,
  'scheduling/v1alpha2': schedulingV1alpha2,
  'scheduling/v1beta1': schedulingV1beta1,
  'storage/v1': storageV1,
  'storage/v1alpha1': storageV1alpha1,
  'storage/v1beta1': storageV1beta1,
  'storagemigration/v1beta1': storagemigrationV1beta1,
};
