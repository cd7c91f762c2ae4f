import { describe, expect, it } from 'vitest';
import type { JsonValue } from '@tiphys/model';
import type { PatchType } from '@tiphys/ports';
import { assertHarmless } from './secret-patch.ts';

const attempt = (type: PatchType, patch: JsonValue): (() => void) => {
  return () => assertHarmless(patch, type);
};

describe('a patch of a Secret', () => {
  it.each<[PatchType, JsonValue]>([
    ['merge', { data: { password: '++++++++' } }],
    ['strategic', { data: { a: 'dmFsdWU=', b: '++++++++++++' } }],
    ['merge', { stringData: { password: '++++++++' } }],
    ['json', [{ op: 'replace', path: '/data/password', value: '++++++++' }]],
    ['json', [{ op: 'add', path: '/data', value: { password: '++++++++' } }]],
    ['json', [{ op: 'replace', path: '', value: { data: { password: '++++++++' } } }]],
  ])('does not store masks: %s %j', (type, patch) => {
    expect(attempt(type, patch)).toThrow('masked values');
  });

  it.each<[JsonValue]>([
    [{ op: 'copy', from: '/data/password', path: '/metadata/annotations/leak' }],
    [{ op: 'move', from: '/data/password', path: '/metadata/labels/leak' }],
    [{ op: 'copy', from: '/data', path: '/metadata/annotations' }],
    [{ op: 'copy', from: '', path: '/metadata/annotations' }],
    [{ op: 'copy', from: '/stringData/x', path: '/metadata/labels/x' }],
    [{ op: 'test', path: '/data/password', value: 'Z3Vlc3M=' }],
    [{ op: 'test', path: '/data', value: {} }],
    [{ op: 'test', path: '', value: {} }],
  ])('does not read its values: %j', (operation) => {
    expect(attempt('json', [{ op: 'add', path: '/metadata/labels', value: {} }, operation])).toThrow(
      /values/u,
    );
  });

  it.each<[PatchType, JsonValue]>([
    ['merge', { data: { password: 'bmV3' } }],
    ['merge', { data: null, metadata: { labels: { plus: '++++++++' } } }],
    ['json', [{ op: 'replace', path: '/data/password', value: 'bmV3' }]],
    ['json', [{ op: 'remove', path: '/data/password' }]],
    ['json', [{ op: 'test', path: '/metadata/name', value: 'x' }]],
    ['json', { not: 'a list' }],
    ['merge', 'text'],
  ])('may do anything else: %s %j', (type, patch) => {
    expect(attempt(type, patch)).not.toThrow();
  });
});
