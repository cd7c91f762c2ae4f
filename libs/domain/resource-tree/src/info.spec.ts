import { describe, expect, it } from 'vitest';
import type { KubeObject } from '@tiphys/model';
import { hostFactsOf, hostsOf, infoOf, podReason, requestsOf } from './index.ts';

const pod = (status: object, spec: object = {}, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web-1', namespace: 'shop', ...metadata },
  spec: { containers: [{ name: 'main' }], ...spec },
  status,
});

const container = (state: object, rest: object = {}): object => ({ name: 'main', state, ...rest });
const asking = (cpu: string, memory: string, rest: object = {}): object => ({
  resources: { requests: { cpu, memory } },
  ...rest,
});

describe('the word for a pod', () => {
  it.each<[string, KubeObject]>([
    ['Running', pod({ phase: 'Running', containerStatuses: [container({ running: {} }, { ready: true })] })],
    ['Pending', pod({ phase: 'Pending' })],
    ['Unknown', pod({})],
    ['Evicted', pod({ phase: 'Failed', reason: 'Evicted' })],
    [
      'CrashLoopBackOff',
      pod({ phase: 'Running', containerStatuses: [container({ waiting: { reason: 'CrashLoopBackOff' } })] }),
    ],
    [
      'Completed',
      pod({ phase: 'Succeeded', containerStatuses: [container({ terminated: { reason: 'Completed' } })] }),
    ],
    ['ExitCode:3', pod({ phase: 'Failed', containerStatuses: [container({ terminated: { exitCode: 3 } })] })],
    [
      'Signal:9',
      pod({ phase: 'Failed', containerStatuses: [container({ terminated: { exitCode: 137, signal: 9 } })] }),
    ],
    [
      'NotReady',
      pod({
        phase: 'Running',
        containerStatuses: [
          container({ running: {} }, { ready: true }),
          container({ terminated: { reason: 'Completed' } }),
        ],
      }),
    ],
    ['Terminating', pod({ phase: 'Running' }, {}, { deletionTimestamp: '2026-01-01T00:00:00Z' })],
    [
      'Unknown',
      pod({ phase: 'Running', reason: 'NodeLost' }, {}, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    ],
    [
      'Init:0/2',
      pod(
        { phase: 'Pending', initContainerStatuses: [container({ running: {} })] },
        { initContainers: [{ name: 'main' }, { name: 'b' }] },
      ),
    ],
    [
      'Init:ImagePullBackOff',
      pod({
        phase: 'Pending',
        initContainerStatuses: [container({ waiting: { reason: 'ImagePullBackOff' } })],
      }),
    ],
    [
      'Init:ExitCode:1',
      pod({ phase: 'Pending', initContainerStatuses: [container({ terminated: { exitCode: 1 } })] }),
    ],
    [
      'Running',
      pod(
        {
          phase: 'Running',
          initContainerStatuses: [{ name: 'mesh', started: true, ready: true, state: { running: {} } }],
          containerStatuses: [container({ running: {} }, { ready: true })],
        },
        { initContainers: [{ name: 'mesh', restartPolicy: 'Always' }] },
      ),
    ],
  ])('is %s', (word, given) => expect(podReason(given)).toBe(word));
});

describe('info', () => {
  it('of a pod', () => {
    const given = pod(
      { phase: 'Running', containerStatuses: [container({ running: {} }, { ready: true, restartCount: 2 })] },
      { nodeName: 'node-0', containers: [asking('250m', '64Mi')] },
      { labels: { tier: 'front' } },
    );
    expect(infoOf(given, ['tier', 'absent'])).toEqual([
      { name: 'Status Reason', value: 'Running' },
      { name: 'Node', value: 'node-0' },
      { name: 'Containers', value: '1/1' },
      { name: 'Restart Count', value: '2' },
      { name: 'cpu', value: '250' },
      { name: 'memory', value: '67108864000' },
      { name: 'tier', value: 'front' },
    ]);
  });

  it('of a pod that ended names no requests', () =>
    expect(infoOf(pod({ phase: 'Succeeded' })).map(({ name }) => name)).toEqual([
      'Status Reason',
      'Containers',
    ]));

  it.each([
    ['apps/v1', 'Deployment', 'deployment.kubernetes.io/revision', 'Rev:3'],
    ['apps/v1', 'ReplicaSet', 'deployment.kubernetes.io/revision', 'Rev:3'],
    ['argoproj.io/v1alpha1', 'Rollout', 'rollout.argoproj.io/revision', 'Rev:3'],
    ['v1', 'ConfigMap', 'deployment.kubernetes.io/revision', undefined],
  ])('of %s %s', (apiVersion, kind, key, value) => {
    const given = { apiVersion, kind, metadata: { name: 'a', annotations: { [key]: '3' } } };
    expect(infoOf(given)).toEqual(value === undefined ? [] : [{ name: 'Revision', value }]);
  });
});

describe('requests', () => {
  it.each<[string, object, { cpu: number; memory: number }]>([
    ['nothing', { containers: [{}] }, { cpu: 0, memory: 0 }],
    [
      'all containers',
      { containers: [asking('1', '1k'), asking('500m', '1k')] },
      { cpu: 1500, memory: 2_000_000 },
    ],
    [
      'the largest init container',
      { containers: [asking('1', '1k')], initContainers: [asking('2', '1'), asking('1', '2')] },
      { cpu: 2000, memory: 1_000_000 },
    ],
    [
      'sidecars beside both',
      {
        containers: [asking('1', '0')],
        initContainers: [asking('1', '0', { restartPolicy: 'Always' }), asking('3', '0')],
        overhead: { cpu: '1' },
      },
      { cpu: 5000, memory: 0 },
    ],
  ])('count %s', (_name, spec, sum) => expect(requestsOf(pod({}, spec))).toEqual(sum));
});

describe('hosts', () => {
  const node = hostFactsOf(
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'node-0', labels: { zone: 'a', secret: 'b' } },
      status: { capacity: { cpu: '2', memory: '1Gi', pods: '110' }, nodeInfo: { architecture: 'amd64' } },
    },
    ['zone'],
  );

  it('are those of the pods of the Application', () => {
    if (node === undefined) throw new Error('no node');
    const mine = { node: 'node-0', requests: { cpu: 100, memory: 0 }, isOfApp: true };
    const other = { ...mine, requests: { cpu: 300, memory: 50 }, isOfApp: false };
    expect(hostsOf([node, { ...node, name: 'idle' }], [mine, mine, other])).toEqual([
      {
        name: 'node-0',
        resourcesInfo: [
          { resourceName: 'cpu', requestedByApp: 200, requestedByNeighbors: 300, capacity: 2000 },
          { resourceName: 'memory', requestedByNeighbors: 50, capacity: 1_073_741_824_000 },
        ],
        systemInfo: { architecture: 'amd64' },
        labels: { zone: 'a' },
      },
    ]);
    expect(hostsOf([node], [other])).toEqual([]);
  });

  it('come of nodes alone', () => expect(hostFactsOf(pod({}))).toBeUndefined());
});
