import { describe, expect, it } from 'vitest';
import { appOf, resourceOf } from '../../testing/apps.ts';
import { parseAppRef } from './app-ref.ts';
import { chooseResources, parseResourceFilter } from './resource-filter.ts';
import { labelled, revisionsOf } from './sync-request.ts';

describe('names of applications', () => {
  it('may have a namespace before them', () => {
    expect(parseAppRef('shop', undefined)).toEqual({ name: 'shop' });
    expect(parseAppRef('team/shop', undefined)).toEqual({ name: 'shop', namespace: 'team' });
    expect(parseAppRef('shop', 'team')).toEqual({ name: 'shop', namespace: 'team' });
  });

  it.each([
    ['a/b/c', undefined],
    ['/b', undefined],
    ['a/', undefined],
    ['a/b', 'c'],
  ])('%s with the namespace %s is refused', (text, namespace) => {
    expect(() => parseAppRef(text, namespace)).toThrow(text);
  });
});

describe('resource filters', () => {
  const app = appOf({
    status: {
      resources: [
        resourceOf(),
        resourceOf({ group: '', kind: 'Service', name: 'web' }),
        resourceOf({ group: '', kind: 'ConfigMap', namespace: 'other', name: 'web.conf' }),
      ],
    },
  });
  const chosen = (...texts: readonly string[]): readonly string[] =>
    chooseResources(app, texts).map(({ kind, name }) => `${kind}/${name}`);

  it.each([
    [['apps:Deployment:web'], ['Deployment/web']],
    [['*:*:web'], ['Deployment/web', 'Service/web']],
    [['!apps:Deployment:web'], ['Service/web', 'ConfigMap/web.conf']],
    [
      ['*:*:*', '!*:Service:*'],
      ['Deployment/web', 'ConfigMap/web.conf'],
    ],
    [[':ConfigMap:other/web.conf'], ['ConfigMap/web.conf']],
    [[':*:web.*'], ['ConfigMap/web.conf']],
  ])('%j choose %j', (texts, found) => {
    expect(chosen(...texts)).toEqual(found);
  });

  it('that choose nothing or cannot be read are refused', () => {
    expect(() => chosen(':ConfigMap:shop/web.conf')).toThrow('No matching app resources found');
    expect(() => parseResourceFilter('Service:web')).toThrow('resource should have GROUP:KIND:NAME');
  });
});

describe('labels', () => {
  const manifest = (name: string, labels: object): string =>
    JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, labels } });

  it('choose rendered objects that have all of them', () => {
    const manifests = [manifest('a', { tier: 'one', x: 'y' }), manifest('b', { tier: 'one' }), 'null'];
    expect(labelled(manifests, ['tier=one', 'x=y'])).toEqual([
      { group: 'apps', kind: 'Deployment', name: 'a', namespace: '' },
    ]);
    expect(() => labelled(manifests, ['tier=two'])).toThrow(
      'No matching resources found for labels: [tier=two]',
    );
  });
});

describe('revisions of single sources', () => {
  const app = appOf({
    spec: {
      sources: [
        { repoURL: 'a', name: 'one' },
        { repoURL: 'b', name: 'two' },
      ],
    },
  });
  const none = { revisions: [], 'source-positions': [], 'source-names': [] };

  it('go with positions or names', () => {
    expect(revisionsOf(none, app)).toEqual({});
    expect(revisionsOf({ ...none, revisions: ['x'], 'source-names': ['two'] }, app)).toEqual({
      revisions: ['x'],
      sourcePositions: [2],
    });
  });

  it.each([
    { ...none, revisions: ['x'] },
    { ...none, revisions: ['x'], 'source-positions': [0] },
    { ...none, revisions: ['x'], 'source-positions': [1], 'source-names': ['one'] },
    { ...none, revisions: ['x'], 'source-names': ['three'] },
  ])('%j are refused', (values) => {
    expect(() => revisionsOf(values, app)).toThrow();
  });
});
