import type { KubeObject } from '@tiphys/model';
import { describe, expect, it } from 'vitest';
import { appliedFields } from './owned-fields.ts';

const live: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'p',
    labels: { ours: '1', theirs: '2' },
    finalizers: ['a', 'b'],
    managedFields: [
      {
        manager: 'us',
        operation: 'Apply',
        fieldsV1: {
          'f:metadata': { 'f:labels': { 'f:ours': {} }, 'f:finalizers': { 'v:"b"': {} } },
          'f:spec': {
            'f:containers': { 'k:{"name":"a"}': { '.': {}, 'f:args': {} } },
            'f:gone': {},
          },
        },
      },
      { manager: 'us', operation: 'Update', fieldsV1: { 'f:spec': { 'f:hostname': {} } } },
    ],
  },
  spec: {
    hostname: 'h',
    containers: [
      { name: 'side', image: 's' },
      { name: 'a', image: 'i', args: ['x', 'y'] },
    ],
  },
};

const target: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } };

describe('appliedFields', () => {
  it('is what the manager applied, no more', () => {
    expect(appliedFields({ target, live }, 'us')).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', labels: { ours: '1' }, finalizers: ['b'] },
      spec: { containers: [{ name: 'a', args: ['x', 'y'] }] },
    });
  });

  it('leaves out what the server put where the target wants nothing', () => {
    const wanted = { ...target, metadata: { ...target.metadata, labels: { ours: '' } } };
    expect(appliedFields({ target: wanted, live }, 'us')).toMatchObject({ metadata: { labels: {} } });
  });

  it('is undefined for a manager that applied nothing', () => {
    expect(appliedFields({ target, live }, 'them')).toBeUndefined();
  });
});
