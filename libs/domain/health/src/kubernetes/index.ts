import { versionOf, gvkOf, type HealthStatus, type KubeObject } from '@tiphys/model';
import type { HealthRule } from '../rule.ts';
import { apiServiceHealth } from './api-service.ts';
import { ingressHealth, serviceHealth, volumeClaimHealth } from './core.ts';
import { daemonSetHealth } from './daemon-set.ts';
import { deploymentHealth } from './deployment.ts';
import { autoscalerHealth, autoscalerV1Health } from './horizontal-pod-autoscaler.ts';
import { jobHealth } from './job.ts';
import { podHealth } from './pod.ts';
import { replicaSetHealth } from './replica-set.ts';
import { statefulSetHealth } from './stateful-set.ts';

/** Rules of Kubernetes' own kinds: `group/Kind`, then by version; `*` stands for any. */
export const kubernetesRules: Readonly<Record<string, Readonly<Record<string, HealthRule>>>> = {
  'apps/Deployment': { v1: deploymentHealth },
  'apps/ReplicaSet': { v1: replicaSetHealth },
  'apps/StatefulSet': { v1: statefulSetHealth },
  'apps/DaemonSet': { v1: daemonSetHealth },
  '/Pod': { v1: podHealth },
  '/Service': { v1: serviceHealth },
  '/PersistentVolumeClaim': { v1: volumeClaimHealth },
  'batch/Job': { v1: jobHealth },
  'extensions/Ingress': { '*': ingressHealth },
  'networking.k8s.io/Ingress': { '*': ingressHealth },
  'apiregistration.k8s.io/APIService': { v1: apiServiceHealth, v1beta1: apiServiceHealth },
  'autoscaling/HorizontalPodAutoscaler': { v1: autoscalerV1Health, v2: autoscalerHealth },
};

/** The health of an object in a version whose status is not understood. */
export function unsupportedVersion(object: KubeObject): HealthStatus {
  const { kind } = gvkOf(object);
  return { status: 'Unknown', message: `unsupported ${kind} GVK: ${object.apiVersion}, Kind=${kind}` };
}

/** The rule for an object among those of its kind. */
export const ruleForVersion = (
  rules: Readonly<Record<string, HealthRule>>,
  object: KubeObject,
): HealthRule | undefined => rules[versionOf(object.apiVersion)] ?? rules['*'];
