import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '@tiphys/model';
import { claimTemplatesOf, impliedOwnersOf, isClaimOf } from './index.ts';

const core = (kind: string, name: string, rest: object = {}, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'shop', ...metadata },
  ...rest,
});

const token = { type: 'kubernetes.io/service-account-token' };
const account = { annotations: { 'kubernetes.io/service-account.name': 'robot' } };
const set = (name: string) => ({ group: 'apps', kind: 'StatefulSet', name });

describe('implied owners', () => {
  it.each<[string, KubeObject, readonly object[]]>([
    ['a config map', core('ConfigMap', 'web'), []],
    ['endpoints', core('Endpoints', 'web'), [{ group: '', kind: 'Service', name: 'web' }]],
    [
      'endpoints with an owner',
      core(
        'Endpoints',
        'web',
        {},
        { ownerReferences: [{ apiVersion: 'v1', kind: 'A', name: 'a', uid: 'u' }] },
      ),
      [],
    ],
    ['a token', core('Secret', 't', token, account), [{ group: '', kind: 'ServiceAccount', name: 'robot' }]],
    ['a secret that names an account', core('Secret', 't', {}, account), []],
    ['a token of nobody', core('Secret', 't', token), []],
    ['a claim', core('PersistentVolumeClaim', 'data-my-db-0'), [set('my-db'), set('db')]],
    ['a claim without a number', core('PersistentVolumeClaim', 'data-db'), []],
  ])('of %s', (_name, object, owners) => expect(impliedOwnersOf(object)).toEqual(owners));

  it('are asked back by the templates of the set', () => {
    const db: KubeObject = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db' },
      spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }, {}] },
    };
    expect(claimTemplatesOf(db)).toEqual(['data']);
    expect(claimTemplatesOf({ ...db, kind: 'Deployment' })).toEqual([]);
    expect(isClaimOf('data-db-0', 'db', ['data'])).toBe(true);
    expect(isClaimOf('data-my-db-0', 'db', ['data'])).toBe(false);
    expect(isClaimOf('data-db-x', 'db', ['data'])).toBe(false);
  });

  it('hold the set of every claim that comes of a template', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,5}){0,3}$/u);
    fc.assert(
      fc.property(name, name, fc.nat(99), (template, owner, ordinal) => {
        const claim = `${template}-${owner}-${ordinal}`;
        expect(isClaimOf(claim, owner, [template])).toBe(true);
        expect(impliedOwnersOf(core('PersistentVolumeClaim', claim)).map((one) => one.name)).toContain(owner);
      }),
    );
  });
});
