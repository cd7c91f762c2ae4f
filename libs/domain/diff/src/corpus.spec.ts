import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { asKubeObject, type KubeObject } from '@tiphys/model';
import { parseYamlDocuments } from '@tiphys/yaml';
import { describe, expect, it } from 'vitest';
import { compareObject } from './index.ts';

const corpus = resolve(import.meta.dirname, '../../../../../shared/corpora/diff');
const manager = 'argocd-controller';

const used = new Set<string>();

function read(file: string): KubeObject {
  const path = resolve(corpus, file);
  const object = asKubeObject(parseYamlDocuments(readFileSync(path, 'utf8'), { file: path })[0]);
  if (object === undefined) throw new Error(`${path} holds no Kubernetes object`);
  used.add(file);
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
  });
} else {
  it('skips the replay: the diff corpus is not here', () => {
    process.stderr.write(`no diff corpus at ${corpus}: replay skipped\n`);
    expect(existsSync(corpus)).toBe(false);
  });
}
