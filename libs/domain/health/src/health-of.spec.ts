import { HEALTH_ORDER, isWorse, type HealthStatus, type KubeObject } from '@tiphys/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasHealthRule, healthOf, worstOf } from './index.ts';

const object = (apiVersion: string, kind: string, fields: Record<string, unknown>): KubeObject => ({
  apiVersion,
  kind,
  ...fields,
  metadata: { name: 'x', generation: 2, ...(fields['metadata'] as object | undefined) },
});

const deployment = (status: object, spec: object = { replicas: 2 }): KubeObject =>
  object('apps/v1', 'Deployment', { spec, status: { observedGeneration: 2, ...status } });
const statefulSet = (status: object, spec: object = {}): KubeObject =>
  object('apps/v1', 'StatefulSet', {
    spec: { replicas: 3, ...spec },
    status: { observedGeneration: 2, ...status },
  });
const daemonSet = (status: object, spec: object = {}): KubeObject =>
  object('apps/v1', 'DaemonSet', {
    spec,
    status: { observedGeneration: 2, desiredNumberScheduled: 2, ...status },
  });
const pod = (status: object, restartPolicy = 'Always'): KubeObject =>
  object('v1', 'Pod', { spec: { restartPolicy }, status });
const waiting = (reason: string, message: string): object => ({
  phase: 'Pending',
  containerStatuses: [{ name: 'a', state: { waiting: { reason, message } } }],
});
const conditions = (...list: readonly (readonly [string, string, string?, string?])[]): object => ({
  conditions: list.map(([type, status, reason, message]) => ({ type, status, reason, message })),
});
const job = (status: object): KubeObject => object('batch/v1', 'Job', { status });
const autoscaler = (status: object): KubeObject =>
  object('autoscaling/v2', 'HorizontalPodAutoscaler', { status });

const cases: readonly (readonly [string, KubeObject, HealthStatus | undefined])[] = [
  ['a kind without health', object('v1', 'ConfigMap', {}), undefined],
  [
    'a deletion',
    object('v1', 'ConfigMap', { metadata: { deletionTimestamp: 'now' } }),
    { status: 'Progressing', message: 'Pending deletion' },
  ],
  [
    'a deletion that only our hook finalizer holds',
    object('v1', 'ConfigMap', {
      metadata: { deletionTimestamp: 'now', finalizers: ['argocd.argoproj.io/hook-finalizer'] },
    }),
    undefined,
  ],
  [
    'a paused Deployment',
    deployment({}, { paused: true }),
    { status: 'Suspended', message: 'Deployment is paused' },
  ],
  [
    'a Deployment not yet looked at',
    deployment({ observedGeneration: 1 }),
    {
      status: 'Progressing',
      message: 'Waiting for rollout to finish: observed deployment generation less than desired generation',
    },
  ],
  [
    'a Deployment past its deadline',
    deployment(conditions(['Progressing', 'False', 'ProgressDeadlineExceeded'])),
    { status: 'Degraded', message: 'Deployment "x" exceeded its progress deadline' },
  ],
  [
    'a Deployment being updated',
    deployment({ updatedReplicas: 1 }),
    {
      status: 'Progressing',
      message: 'Waiting for rollout to finish: 1 out of 2 new replicas have been updated...',
    },
  ],
  [
    'a Deployment with old pods',
    deployment({ replicas: 3, updatedReplicas: 2 }),
    {
      status: 'Progressing',
      message: 'Waiting for rollout to finish: 1 old replicas are pending termination...',
    },
  ],
  [
    'a Deployment starting',
    deployment({ replicas: 2, updatedReplicas: 2, availableReplicas: 1 }),
    {
      status: 'Progressing',
      message: 'Waiting for rollout to finish: 1 of 2 updated replicas are available...',
    },
  ],
  [
    'a Deployment',
    deployment({ replicas: 2, updatedReplicas: 2, availableReplicas: 2 }),
    { status: 'Healthy' },
  ],
  [
    'an old Deployment',
    object('apps/v1beta1', 'Deployment', {}),
    { status: 'Unknown', message: 'unsupported Deployment GVK: apps/v1beta1, Kind=Deployment' },
  ],
  [
    'a ReplicaSet',
    object('apps/v1', 'ReplicaSet', {
      spec: { replicas: 2 },
      status: { observedGeneration: 2, availableReplicas: 1 },
    }),
    {
      status: 'Progressing',
      message: 'Waiting for rollout to finish: 1 out of 2 new replicas are available...',
    },
  ],
  [
    'a ReplicaSet without quota',
    object('apps/v1', 'ReplicaSet', {
      status: { observedGeneration: 2, ...conditions(['ReplicaFailure', 'True', 'FailedCreate', 'quota']) },
    }),
    { status: 'Degraded', message: 'quota' },
  ],
  [
    'a new StatefulSet',
    statefulSet({ observedGeneration: 0 }),
    { status: 'Progressing', message: 'Waiting for statefulset spec update to be observed...' },
  ],
  [
    'a StatefulSet starting',
    statefulSet({ readyReplicas: 1 }),
    { status: 'Progressing', message: 'Waiting for 2 pods to be ready...' },
  ],
  [
    'a StatefulSet up to its partition',
    statefulSet(
      { readyReplicas: 3, updatedReplicas: 1 },
      { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } },
    ),
    {
      status: 'Progressing',
      message: 'Waiting for partitioned roll out to finish: 1 out of 2 new pods have been updated...',
    },
  ],
  [
    'a StatefulSet past its partition',
    statefulSet(
      { readyReplicas: 3, updatedReplicas: 2 },
      { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } },
    ),
    { status: 'Healthy', message: 'partitioned roll out complete: 2 new pods have been updated...' },
  ],
  [
    'a StatefulSet between revisions',
    statefulSet({ readyReplicas: 3, updatedReplicas: 1, currentRevision: 'a', updateRevision: 'b' }),
    {
      status: 'Progressing',
      message: 'waiting for statefulset rolling update to complete 1 pods at revision b...',
    },
  ],
  [
    'a StatefulSet updated by hand',
    statefulSet({ readyReplicas: 3 }, { updateStrategy: { type: 'OnDelete' } }),
    { status: 'Healthy', message: 'statefulset has 3 ready pods' },
  ],
  [
    'a StatefulSet',
    statefulSet({ readyReplicas: 3, currentReplicas: 3, currentRevision: 'a', updateRevision: 'a' }),
    { status: 'Healthy', message: 'statefulset rolling update complete 3 pods at revision a...' },
  ],
  [
    'a DaemonSet being updated',
    daemonSet({ updatedNumberScheduled: 1 }),
    {
      status: 'Progressing',
      message: 'Waiting for daemon set "x" rollout to finish: 1 out of 2 new pods have been updated...',
    },
  ],
  [
    'a DaemonSet starting',
    daemonSet({ updatedNumberScheduled: 2, numberAvailable: 1 }),
    {
      status: 'Progressing',
      message: 'Waiting for daemon set "x" rollout to finish: 1 of 2 updated pods are available...',
    },
  ],
  ['a DaemonSet', daemonSet({ updatedNumberScheduled: 2, numberAvailable: 2 }), { status: 'Healthy' }],
  [
    'a Pod that cannot pull',
    pod(waiting('ImagePullBackOff', 'no such image')),
    { status: 'Degraded', message: 'no such image' },
  ],
  ['a Pod that is being made', pod(waiting('ContainerCreating', '')), { status: 'Progressing' }],
  ['a job Pod that cannot pull', pod(waiting('ErrImagePull', 'x'), 'Never'), { status: 'Progressing' }],
  ['a ready Pod', pod({ phase: 'Running', ...conditions(['Ready', 'True']) }), { status: 'Healthy' }],
  ['a Pod not ready', pod({ phase: 'Running' }), { status: 'Progressing' }],
  [
    'a Pod that restarts',
    pod({ phase: 'Running', containerStatuses: [{ lastState: { terminated: { exitCode: 1 } } }] }),
    { status: 'Degraded' },
  ],
  ['a running job Pod', pod({ phase: 'Running' }, 'OnFailure'), { status: 'Progressing' }],
  ['a finished Pod', pod({ phase: 'Succeeded' }, 'Never'), { status: 'Healthy' }],
  [
    'a failed Pod',
    pod(
      { phase: 'Failed', containerStatuses: [{ name: 'a', state: { terminated: { exitCode: 3 } } }] },
      'Never',
    ),
    { status: 'Degraded', message: 'container "a" failed with exit code 3' },
  ],
  [
    'a Pod out of memory',
    pod(
      {
        phase: 'Failed',
        initContainerStatuses: [{ state: { terminated: { reason: 'OOMKilled', exitCode: 137 } } }],
      },
      'Never',
    ),
    { status: 'Degraded', message: 'OOMKilled' },
  ],
  ['a Pod without status', pod({}), { status: 'Unknown' }],
  ['a running Job', job({}), { status: 'Progressing' }],
  [
    'a failed Job',
    job(conditions(['FailureTarget', 'True'], ['Failed', 'True', '', 'too often'])),
    { status: 'Degraded', message: 'too often' },
  ],
  [
    'a complete Job',
    job(conditions(['Complete', 'True', '', 'done'])),
    { status: 'Healthy', message: 'done' },
  ],
  ['a suspended Job', job(conditions(['Suspended', 'True'])), { status: 'Suspended' }],
  [
    'a resumed Job',
    job(conditions(['Suspended', 'False', '', 'Job resumed'])),
    { status: 'Healthy', message: 'Job resumed' },
  ],
  ['a cluster Service', object('v1', 'Service', { spec: {} }), { status: 'Healthy' }],
  ['a load balancer', object('v1', 'Service', { spec: { type: 'LoadBalancer' } }), { status: 'Progressing' }],
  [
    'an Ingress',
    object('networking.k8s.io/v1', 'Ingress', { status: { loadBalancer: { ingress: [{ ip: '1' }] } } }),
    { status: 'Healthy' },
  ],
  ['an Ingress without address', object('extensions/v1beta1', 'Ingress', {}), { status: 'Progressing' }],
  ['a claim', object('v1', 'PersistentVolumeClaim', { status: { phase: 'Bound' } }), { status: 'Healthy' }],
  [
    'a lost claim',
    object('v1', 'PersistentVolumeClaim', { status: { phase: 'Lost' } }),
    { status: 'Degraded' },
  ],
  [
    'an autoscaler',
    autoscaler(conditions(['AbleToScale', 'True', 'ReadyForNewScale', 'ok'])),
    { status: 'Healthy', message: 'ok' },
  ],
  [
    'an autoscaler without metrics',
    autoscaler(
      conditions(
        ['ScalingActive', 'False', 'FailedGetResourceMetric', 'no metrics'],
        ['AbleToScale', 'True'],
      ),
    ),
    { status: 'Degraded', message: 'no metrics' },
  ],
  ['a new autoscaler', autoscaler({}), { status: 'Progressing', message: 'Waiting to Autoscale' }],
  [
    'an autoscaler in version 1',
    object('autoscaling/v1', 'HorizontalPodAutoscaler', {
      metadata: {
        annotations: {
          'autoscaling.alpha.kubernetes.io/conditions':
            '[{"type":"AbleToScale","status":"True","message":"ok"}]',
        },
      },
    }),
    { status: 'Healthy', message: 'ok' },
  ],
  [
    'an APIService',
    object('apiregistration.k8s.io/v1', 'APIService', {
      status: conditions(['Available', 'True', 'Passed', 'all checks passed']),
    }),
    { status: 'Healthy', message: 'Passed: all checks passed' },
  ],
  [
    'a Workflow',
    object('argoproj.io/v1alpha1', 'Workflow', { status: { phase: 'Failed', message: 'no' } }),
    { status: 'Degraded', message: 'no' },
  ],
  [
    'an Application',
    object('argoproj.io/v1alpha1', 'Application', { status: { health: { status: 'Healthy' } } }),
    undefined,
  ],
];

describe('healthOf', () => {
  it.each(cases)('%s', (_name, given, expected) => {
    expect(healthOf(given)).toEqual(expected);
  });

  it('never throws, whatever the status is', () => {
    const kinds = [...new Set(cases.map(([, given]) => given))].filter(hasHealthRule);
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.jsonValue(), fc.jsonValue(), (given, status, spec) => {
        healthOf({ ...given, status, spec });
      }),
    );
  });
});

describe('worstOf', () => {
  it('is Healthy for nothing and ignores objects without health', () => {
    expect(worstOf([])).toBe('Healthy');
    expect(worstOf([undefined, 'Suspended', undefined])).toBe('Suspended');
  });

  it('is the worst, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...HEALTH_ORDER), { minLength: 1 }), (codes) => {
        const worst = worstOf(codes);
        expect(codes).toContain(worst);
        expect(codes.some((code) => isWorse(code, worst))).toBe(false);
        expect(worstOf([...codes].reverse())).toBe(worst);
      }),
    );
  });
});

describe('health', () => {
  const turned = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turned);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, inner]) => [key, turned(inner)])
        .toReversed(),
    );
  };

  it('does not see the order of keys', () => {
    for (const [, given] of cases) expect(healthOf(turned(given) as KubeObject)).toEqual(healthOf(given));
  });

  it('of several is the same in any order, and that of the worst alone', () => {
    const codes = fc.array(fc.constantFrom(undefined, ...HEALTH_ORDER));
    fc.assert(
      fc.property(codes, (some) => {
        const worst = worstOf(some);
        expect(worstOf(some.toReversed())).toBe(worst);
        expect(worstOf([...some, ...some, worst])).toBe(worst);
      }),
    );
  });
});
