import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { asKubeObject, type KubeObject } from '@tiphys/model';
import { parseYamlDocuments } from '@tiphys/yaml';
import { describe, expect, it } from 'vitest';
import { compareObject } from './index.ts';

const corpus = resolve(import.meta.dirname, '../../../../../shared/corpora/diff');

function read(file: string): KubeObject {
  const path = resolve(corpus, file);
  const object = asKubeObject(parseYamlDocuments(readFileSync(path, 'utf8'), { file: path })[0]);
  if (object === undefined) throw new Error(`${path} holds no Kubernetes object`);
  return object;
}

/** Pairs that are in sync. The smd-* and ssd-* files are about server-side apply and are not compared this way. */
const inSync = ['deployment', 'endpoints', 'grafana-clusterrole', 'spinnaker-sa', 'wordpress'];

if (existsSync(corpus)) {
  describe('diff corpus', () => {
    it.each(inSync)('%s is in sync', (name) => {
      const result = compareObject({ target: read(`${name}-config.json`), live: read(`${name}-live.json`) });
      expect(result.changedPaths).toEqual([]);
    });
  });
} else {
  it('skips the replay: the diff corpus is not here', () => {
    process.stderr.write(`no diff corpus at ${corpus}: replay skipped\n`);
    expect(existsSync(corpus)).toBe(false);
  });
}
