import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { asKubeObject, type KubeObject } from '@tiphys/model';
import { parseYamlDocuments } from '@tiphys/yaml';
import { describe, expect, it } from 'vitest';
import { compareObject, comparePredicted, withoutForeignChanges } from './index.ts';

const corpus = resolve(import.meta.dirname, '../../../../../shared/corpora/diff');
const manager = 'argocd-controller';

function read(file: string): KubeObject {
  const path = resolve(corpus, file);
  const object = asKubeObject(parseYamlDocuments(readFileSync(path, 'utf8'), { file: path })[0]);
  if (object === undefined) throw new Error(`${path} holds no Kubernetes object`);
  return object;
}

/** Pairs that are in sync by the three-way comparison. */
const inSync = ['deployment', 'endpoints', 'grafana-clusterrole', 'spinnaker-sa', 'wordpress'];

/** Objects that are applied on the server, and what would change. */
const appliedOnServer: readonly (readonly [string, string, string, readonly string[]])[] = [
  ['what a Deployment leaves to defaults', 'smd-deploy-config', 'smd-deploy-live', []],
  [
    'requests that go, ports of others that stay',
    'smd-deploy2-config',
    'smd-deploy2-live',
    [
      // The ports that live has stay, in the order that is wanted.
      '/spec/template/spec/containers/0/ports/0/containerPort',
      '/spec/template/spec/containers/0/ports/1/containerPort',
      '/spec/template/spec/containers/0/ports/1/protocol',
      '/spec/template/spec/containers/0/ports/2/containerPort',
      '/spec/template/spec/containers/0/ports/2/protocol',
      '/spec/template/spec/containers/0/resources',
    ],
  ],
  [
    'a port that changes, with defaults of others',
    'smd-service-config',
    'smd-service-live',
    ['/spec/ports/1/targetPort'],
  ],
  [
    'ports that differ in their protocol alone',
    'smd-service-config-ports',
    'smd-service-live',
    ['/spec/ports'],
  ],
  [
    'a type that was applied and is wanted no more',
    'smd-service-config',
    'smd-service-live-with-type',
    ['/spec/ports/1/targetPort', '/spec/type'],
  ],
];

/** What the API server predicts, and which of it counts: without what others changed, and with it. */
const predictedOnServer: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['ssd-configmap', ['/data/key3'], ['/data/key3']],
  [
    'ssd-deploy-nested',
    ['/spec/template/spec/containers/0/env', '/spec/template/spec/containers/0/ports'],
    [
      '/metadata/annotations/deployment.kubernetes.io~1revision',
      '/spec/template/spec/containers/0/env',
      '/spec/template/spec/containers/0/ports',
    ],
  ],
  [
    'ssd-deploy-composite-key',
    ['/spec/template/spec/containers/0/ports'],
    ['/metadata/annotations', '/metadata/uid', '/spec/template/spec/containers/0/ports'],
  ],
  [
    'ssd-deploy-with-manual-apply',
    ['/spec/template/spec/containers/0/ports'],
    [
      '/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration',
      '/metadata/labels/mutation-test',
      '/spec/template/spec/containers/0/ports',
    ],
  ],
];

if (existsSync(corpus)) {
  describe('diff corpus', () => {
    it.each(inSync)('%s is in sync', (name) => {
      const result = compareObject({ target: read(`${name}-config.json`), live: read(`${name}-live.json`) });
      expect(result.changedPaths).toEqual([]);
    });

    it.each(appliedOnServer)('applied on the server: %s', (_name, config, live, changed) => {
      const result = compareObject({
        target: read(`${config}.yaml`),
        live: read(`${live}.yaml`),
        options: { serverSideManager: manager },
      });
      expect(result.changedPaths).toEqual(changed);
    });

    it.each(predictedOnServer)('predicted by the server: %s', (name, own, all) => {
      const target = read(`${name}-config.yaml`);
      const live = read(`${name}-live.yaml`);
      const predicted = read(`${name}-predicted-live.json`);
      const sides = { target, live, predicted };
      const ours = withoutForeignChanges(sides, manager);
      expect(comparePredicted({ predicted: ours, live }).changedPaths.toSorted()).toEqual(own);
      expect(comparePredicted({ predicted, live }).changedPaths.toSorted()).toEqual(all);
      expect(withoutForeignChanges({ ...sides, live: predicted }, manager)).toEqual(predicted);
    });

    it('predicted by the server: an answer that lacks what was dropped on the way', () => {
      const live = read('smd-deploy2-live.yaml');
      const sides = {
        target: read('smd-deploy2-config.yaml'),
        live,
        predicted: read('smd-deploy2-predicted-live.json'),
      };
      const predicted = withoutForeignChanges(sides, manager);
      expect(comparePredicted({ predicted, live }).changedPaths).toContain(
        '/spec/template/spec/containers/0/ports',
      );
    });

    it('predicted by the server: a label that was applied and is wanted no more', () => {
      const live = read('ssd-svc-label-live.yaml');
      const label = 'app.kubernetes.io/instance';
      const metadata = { ...live.metadata, labels: { [label]: live.metadata.labels?.[label] ?? '' } };
      const target = { ...live, metadata: { ...metadata, managedFields: [] } };
      const predicted = withoutForeignChanges({ target, live, predicted: { ...live, metadata } }, manager);
      expect(comparePredicted({ predicted, live }).changedPaths).toEqual(['/metadata/labels/delete-me']);
    });

    it('is replayed whole', () => {
      const tables = JSON.stringify([
        inSync.map((name) => [`${name}-config`, `${name}-live`]),
        appliedOnServer,
        predictedOnServer.map(([name]) => [`${name}-config`, `${name}-live`, `${name}-predicted-live`]),
        ['smd-deploy2-predicted-live', 'ssd-svc-label-live'],
      ]);
      const isNamed = (file: string): boolean =>
        tables.includes(`"${file.replace(/\.(?:json|yaml)$/u, '')}"`);
      expect(readdirSync(corpus).filter((file) => !isNamed(file))).toEqual([]);
    });
  });
} else {
  it('skips the replay: the diff corpus is not here', () => {
    process.stderr.write(`no diff corpus at ${corpus}: replay skipped\n`);
    expect(existsSync(corpus)).toBe(false);
  });
}
