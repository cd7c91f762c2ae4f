import type { JsonObject, KubeObject } from '@tiphys/model';
import { sharedKubeEnv, type KubeAccess, type TestNamespace } from '@tiphys/testing/kube-env';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareObject } from '../index.ts';

const manager = 'argocd-controller';
const group = 'applied-merge.example.com';
const text = { type: 'string' };
const item = { type: 'object', properties: { name: text, v: text, w: text }, required: ['name'] };

const crd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `widgets.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  a: text,
                  b: text,
                  map: { type: 'object', additionalProperties: text },
                  keyed: {
                    type: 'array',
                    items: item,
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name'],
                  },
                  set: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
                  atomic: { type: 'array', items: text },
                },
              },
            },
          },
        },
      },
    ],
  },
};

let kube: KubeAccess;
let home: TestNamespace;

beforeAll(async () => {
  kube = await sharedKubeEnv();
  await kube.applyAll([crd]);
  home = await kube.createNamespace('merge');
}, 180_000);

afterAll(() => home.remove());

const widget = (name: string, spec: JsonObject): KubeObject => ({
  apiVersion: `${group}/v1`,
  kind: 'Widget',
  metadata: { name, namespace: home.name },
  spec,
});

const apply = (object: KubeObject, by: string, query = ''): Promise<KubeObject> =>
  kube.request<KubeObject>(
    'PATCH',
    `/apis/${group}/v1/namespaces/${home.name}/widgets/${object.metadata.name ?? ''}?fieldManager=${by}&force=true${query}`,
    object,
    'application/apply-patch+yaml',
  );

interface Case {
  readonly name: string;
  /** What we applied, what others applied on top, and what is wanted now. */
  readonly ours: JsonObject;
  readonly theirs?: JsonObject;
  readonly wanted: JsonObject;
  readonly changes: boolean;
}

const cases: readonly Case[] = [
  { name: 'same', ours: { a: '1', map: { x: '1' } }, wanted: { a: '1', map: { x: '1' } }, changes: false },
  { name: 'changed', ours: { a: '1' }, theirs: { a: '2' }, wanted: { a: '1' }, changes: true },
  {
    name: 'others-add',
    ours: { a: '1', map: { x: '1' }, keyed: [{ name: 'a', v: '1' }], set: ['p'] },
    theirs: { b: '2', map: { y: '1' }, keyed: [{ name: 'b' }, { name: 'a', w: '1' }], set: ['q'] },
    wanted: { a: '1', map: { x: '1' }, keyed: [{ name: 'a', v: '1' }], set: ['p'] },
    changes: false,
  },
  {
    name: 'gone',
    ours: { a: '1', b: '1', map: { x: '1' }, keyed: [{ name: 'a', v: '1' }, { name: 'b' }], set: ['p', 'q'] },
    wanted: { a: '1', keyed: [{ name: 'b' }], set: ['q'] },
    changes: true,
  },
  {
    name: 'shared-stays',
    ours: { a: '1', map: { x: '1' }, keyed: [{ name: 'a' }] },
    theirs: { a: '1', map: { x: '1' }, keyed: [{ name: 'a' }] },
    wanted: {},
    changes: false,
  },
  {
    name: 'new-and-changed-elements',
    ours: { keyed: [{ name: 'a', v: '1' }], atomic: ['x'] },
    theirs: { keyed: [{ name: 'b', v: '1' }] },
    wanted: { keyed: [{ name: 'a', v: '2' }, { name: 'c' }], atomic: ['x', 'y'] },
    changes: true,
  },
];

describe('applying on the server onto custom resources, as the server does it', () => {
  it.each(cases)('$name', async ({ name, ours, theirs, wanted, changes }) => {
    let live = await apply(widget(name, ours), manager);
    if (theirs !== undefined) live = await apply(widget(name, theirs), 'others');
    const target = widget(name, wanted);
    const server = await apply(target, manager, '&dryRun=All');
    const result = compareObject({ target, live, options: { serverSideManager: manager } });
    expect(result.synced).toBe(!changes);
    expect(result.predictedLive['spec'] ?? {}).toEqual(server['spec'] ?? {});
  });
});
