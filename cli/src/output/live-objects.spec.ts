import { describe, expect, it } from 'vitest';
import { formatObjects, formatObjectTree } from './object-list.ts';
import { formatLiveObjects, withFields } from './live-objects.ts';

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels: { 'app.kubernetes.io/name': 'web' } },
  spec: {
    replicas: 2,
    paused: false,
    template: {
      containers: [
        { name: 'a', image: 'x:1' },
        { name: 'b', image: 'x:2' },
      ],
    },
  },
};

describe('fields of a live object', () => {
  it.each([
    [['spec.replicas'], { metadata: { name: 'web' }, spec: { replicas: 2 } }],
    [
      ['spec.template.containers.image'],
      {
        metadata: { name: 'web' },
        spec: { template: { containers: [{ image: 'x:1' }, { image: 'x:2' }] } },
      },
    ],
    [['metadata'], { metadata: deployment.metadata }],
    [['spec.none', 'status'], { metadata: { name: 'web' } }],
    [['spec.replicas.more'], { metadata: { name: 'web' } }],
  ])('%j are picked with its name', (fields, expected) => {
    expect(withFields(deployment, fields)).toEqual(expected);
  });

  it('are a table, a line each', () => {
    expect(formatLiveObjects([deployment], { format: 'wide', isNamed: true }).split('\n')).toEqual([
      'FIELD                                   VALUE',
      'apiVersion                              apps/v1',
      'kind                                    Deployment',
      'metadata.name                           web',
      'metadata.labels.app.kubernetes.io/name  web',
      'spec.replicas                           2',
      'spec.paused                             false',
      'spec.template.containers[0].name        a',
      'spec.template.containers[0].image       x:1',
      'spec.template.containers[1].name        b',
      'spec.template.containers[1].image       x:2',
      '',
    ]);
    const [header] = formatLiveObjects([], { format: 'wide', isNamed: false }).split('\n');
    expect(header).toBe('FIELD  RESOURCE NAME  VALUE');
  });

  it('of several objects are documents of one stream', () => {
    const both = [{ a: 1 }, { a: 2 }];
    expect(formatLiveObjects(both, { format: 'json', isNamed: false })).toBe(
      '{\n "a": 1\n}\n---\n{\n "a": 2\n}\n',
    );
    expect(formatLiveObjects(both, { format: 'yaml', isNamed: false })).toBe('a: 1\n\n---\na: 2\n\n');
  });
});

describe('objects of an application', () => {
  const node = (kind: string, name: string, owner?: string) => ({
    node: {
      kind,
      name,
      uid: name,
      namespace: 'web',
      ...(owner === undefined ? {} : { parentRefs: [{ uid: owner }] }),
    },
    isOrphaned: false,
  });
  const objects = [
    node('Deployment', 'web'),
    node('ReplicaSet', 'web-1', 'web'),
    node('Pod', 'web-1-a', 'web-1'),
    { ...node('ConfigMap', 'left'), isOrphaned: true },
    node('Pod', 'x', 'y'),
    node('Pod', 'y', 'x'),
  ];

  it('are listed without what they own', () => {
    expect(formatObjects(objects).split('\n')).toEqual([
      'GROUP  KIND        NAMESPACE  NAME  ORPHANED',
      '       Deployment  web        web   No',
      '       ConfigMap   web        left  Yes',
      '',
    ]);
  });

  it('are a tree with it, which ends though owners form a ring', () => {
    expect(formatObjectTree(objects, { isDetailed: false, now: new Date() }).split('\n')).toEqual([
      'GROUP  KIND        NAMESPACE  NAME     ORPHANED',
      '       Deployment  web        web      No',
      '└─     ReplicaSet  web        web-1    No',
      '  └─   Pod         web        web-1-a  No',
      '       ConfigMap   web        left     Yes',
      '',
    ]);
  });
});
