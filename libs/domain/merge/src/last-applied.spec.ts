import type { KubeObject } from '@tiphys/model';
import { describe, expect, it } from 'vitest';
import {
  clientSideApplyPatch,
  goJson,
  lastAppliedAnnotation,
  lastAppliedOf,
  withLastApplied,
} from './index.ts';

const configMap: KubeObject = {
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: { name: 'c', namespace: 'n' },
  data: { b: '<a & b>', a: 'ü\u2028\b\n' },
};

describe('lastAppliedAnnotation', () => {
  it('is sorted Go JSON with a newline and an annotations map', () => {
    expect(lastAppliedAnnotation(configMap)).toBe(
      '{"apiVersion":"v1","data":{"a":"ü\\u2028\\b\\n","b":"\\u003ca \\u0026 b\\u003e"},"kind":"ConfigMap",' +
        '"metadata":{"annotations":{},"name":"c","namespace":"n"}}\n',
    );
  });

  it('never holds itself', () => {
    expect(lastAppliedAnnotation(withLastApplied(configMap))).toBe(lastAppliedAnnotation(configMap));
  });

  it('reads back what was written, integers beyond 2^53 included', () => {
    const object = { ...configMap, spec: { big: 9007199254740993n } } as unknown as KubeObject;
    expect(lastAppliedOf(withLastApplied(object))).toMatchObject({ spec: { big: 9007199254740993n } });
  });

  it.each(['', '{', '[]', 'null'])('takes %j for not recorded', (text) => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': text };
    expect(lastAppliedOf({ ...configMap, metadata: { annotations } })).toBeUndefined();
  });
});

describe('goJson', () => {
  it('orders keys by code point', () => {
    expect(goJson({ '\u{1F600}': 1, '\uE000': 2, a: 3 })).toBe('{"a":3,"\uE000":2,"\u{1F600}":1}');
  });
});

describe('clientSideApplyPatch', () => {
  it('is empty for what was just applied', () => {
    expect(clientSideApplyPatch(configMap, withLastApplied(configMap)).isEmpty).toBe(true);
  });

  it('removes a key that was applied before', () => {
    const patch = clientSideApplyPatch({ ...configMap, data: { a: '1' } }, withLastApplied(configMap));
    expect(patch.contentType).toBe('application/strategic-merge-patch+json');
    expect(patch.body['data']).toEqual({ a: '1', b: null });
  });

  it('uses a JSON merge patch for custom resources', () => {
    const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' }, spec: { a: 1 } };
    expect(clientSideApplyPatch(widget, { ...widget, spec: {} })).toMatchObject({
      contentType: 'application/merge-patch+json',
      body: { spec: { a: 1 } },
    });
  });
});
