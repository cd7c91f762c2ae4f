import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { createTarUnpacker } from '@tiphys/adapter-archive';
import { createHttpFetcher, type ClosableHttpFetcher } from '@tiphys/adapter-http';
import type { ProcessRunner } from '@tiphys/adapter-process';
import type { HelmSource, JsonObject } from '@tiphys/model';
import type { RenderOptions, RenderRequest } from '@tiphys/ports';
import { startHelmRepo, type HelmRepo } from '@tiphys/testing/helm-repo';
import { givenTree, renderContext, toolRunner, type GivenTree, type TreeFiles } from '@tiphys/testing/render';
import { HelmRenderer } from '../renderer.ts';
import { HelmRepositorySource } from '../repository/source.ts';

export interface RenderSettings {
  readonly helm?: HelmSource;
  readonly options?: RenderOptions;
  readonly request?: Partial<RenderRequest>;
  readonly ref?: TreeFiles;
  readonly timeoutMs?: number;
}

/** A template that shows fields, each as JSON. */
export const show = (...fields: readonly string[]): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}", namespace: "{{ .Release.Namespace }}"}\ndata:\n` +
  fields.map((field, index) => `  f${String(index)}: {{ ${field} | toJson | quote }}\n`).join('');

/** The files of a chart with one template. */
export const chart = (template: string, more: TreeFiles = {}): TreeFiles => ({
  'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 0.1.0\n',
  'chart/values.yaml': 'a: chart\nb: chart\nc: chart\nd: chart\n',
  'chart/templates/cm.yaml': template,
  ...more,
});

/** The real helm and a real chart repository for a spec file; what a test opens is closed after it. */
export class HelmStage {
  #runner: ProcessRunner | undefined;
  #http: ClosableHttpFetcher | undefined;
  #repo: HelmRepo | undefined;
  #trees: GivenTree[] = [];

  constructor() {
    beforeAll(async () => {
      this.#runner = await toolRunner('helm');
      this.#http = createHttpFetcher();
    });
    beforeEach(async () => {
      this.#repo = await startHelmRepo();
    });
    afterEach(async () => {
      await this.#repo?.close();
      await Promise.all(this.#trees.map((tree) => tree.remove()));
      this.#trees = [];
    });
    afterAll(async () => {
      await this.#http?.close();
      await this.#runner?.close();
    });
  }

  get repo(): HelmRepo {
    return ready(this.#repo);
  }

  async tree(files: TreeFiles): Promise<GivenTree> {
    const made = await givenTree(files);
    this.#trees.push(made);
    return made;
  }

  /** The objects that come out; nothing may be left in the scratch directory. */
  async render(files: TreeFiles, settings: RenderSettings = {}): Promise<readonly JsonObject[]> {
    const { helm = {}, options = {}, request = {}, ref, timeoutMs = 30_000 } = settings;
    const { root, outside } = await this.tree(files);
    const [http, runner] = [ready(this.#http), ready(this.#runner)];
    const charts = new HelmRepositorySource({
      http,
      unpacker: createTarUnpacker(),
      versions: { maxSatisfying: (_constraint, all) => Promise.resolve([...all].sort().at(-1)) },
      clock: { now: () => 0 },
    });
    const scratchDirectory = join(outside, 'scratch');
    const renderer = new HelmRenderer({
      runner,
      http,
      helm: charts,
      oci: charts,
      scratchDirectory,
      timeoutMs,
    });
    const refRoots = ref === undefined ? {} : { values: (await this.tree(ref)).root };
    try {
      return await renderer.render(renderContext({ root, path: 'chart', helm, options, request, refRoots }));
    } finally {
      expect(await readdir(scratchDirectory)).toEqual([]);
    }
  }

  /** The values of the template's fields, read back. */
  async fields(files: TreeFiles, settings: RenderSettings = {}): Promise<unknown[]> {
    const [object] = await this.render(files, settings);
    const data = object?.['data'] as Record<string, string>;
    return Object.values(data).map((text) => JSON.parse(text) as unknown);
  }
}

function ready<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('the stage is set up before the first test');
  return part;
}
