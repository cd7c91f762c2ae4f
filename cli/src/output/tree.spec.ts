import { describe, expect, it } from 'vitest';
import { treeSchema } from '../api/schemas/resources.ts';
import { appOf, resourceOf } from '../testing/apps.ts';
import { resourceStates } from './resource-states.ts';
import { formatTree } from './tree.ts';

const now = new Date('2026-01-02T03:05:00Z');
const nodes = (list: readonly object[]): ReturnType<typeof parse> => parse(list);
const parse = (list: readonly object[]) => treeSchema.parse({ nodes: list }).nodes ?? [];
const owned = (kind: string, name: string, owner: string): object => ({
  kind,
  name,
  uid: name,
  namespace: 'shop',
  parentRefs: [{ uid: owner }],
  health: { status: 'Healthy', message: `${name} is well` },
  createdAt: '2026-01-02T03:04:00Z',
});
const root = { group: 'apps', kind: 'Deployment', name: 'web', namespace: 'shop', uid: 'web' };

describe('formatTree', () => {
  it('puts what an object owns below it', () => {
    const list = [root, owned('ReplicaSet', 'rs', 'web'), owned('Pod', 'a', 'rs'), owned('Pod', 'b', 'rs')];
    expect(formatTree(resourceStates(appOf()), nodes(list), { detailed: false, now })).toBe(
      [
        'KIND/NAME        STATUS  HEALTH   MESSAGE',
        'Deployment/web   Synced  Healthy  ',
        '└─ReplicaSet/rs          Healthy  ',
        '  ├─Pod/a                Healthy  ',
        '  └─Pod/b                Healthy  ',
        '',
      ].join('\n'),
    );
  });

  it('tells age and reason where asked', () => {
    const text = formatTree(resourceStates(appOf()), nodes([root, owned('ReplicaSet', 'rs', 'web')]), {
      detailed: true,
      now,
    });
    expect(text).toMatch(/└─ReplicaSet\/rs +Healthy {2}1m +rs is well\n/);
  });

  it('shows objects that are not there, and ends where owners form a ring', () => {
    const app = appOf({
      status: { resources: [resourceOf(), resourceOf({ name: 'absent', health: undefined })] },
    });
    const ring = [{ ...root, parentRefs: [{ uid: 'rs' }] }, owned('ReplicaSet', 'rs', 'web')];
    const lines = formatTree(resourceStates(app), nodes(ring), { detailed: false, now }).split('\n');
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      'KIND/NAME',
      'Deployment/web',
      '└─ReplicaSet/rs',
      'Deployment/absent',
      '',
    ]);
  });
});
