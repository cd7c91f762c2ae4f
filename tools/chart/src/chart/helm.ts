import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { z } from 'zod';
import { createProcessRunner, type ProcessRunner } from '@tiphys/adapter-process';
import { resolveTool } from '@tiphys/toolchain';
import { chartDir } from '../paths.ts';

const renderedObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
});

/** An object that the chart renders. */
export type RenderedObject = z.infer<typeof renderedObject>;

export interface ReleaseOptions {
  /** Default `argocd`. */
  readonly release?: string;
  /** Default `argocd`. */
  readonly namespace?: string;
  /** Values given on top of the chart's own. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** Files of values, by absolute path, before `values`. */
  readonly valueFiles?: readonly string[];
}

export interface ClusterOptions extends ReleaseOptions {
  /** Path of the kubeconfig. */
  readonly kubeconfig: string;
  readonly extraArgs?: readonly string[];
}

/** The chart through the real helm. Every method rejects with helm's own message when helm fails. */
export interface Helm {
  /** What `helm lint --strict` prints. */
  lint(options?: ReleaseOptions): Promise<string>;
  /** The objects of the chart without asking any cluster; tests (helm hooks) included. */
  template(options?: ReleaseOptions): Promise<readonly RenderedObject[]>;
  /** Installs or upgrades without waiting for pods; gives the notes. */
  upgrade(options: ClusterOptions): Promise<string>;
  uninstall(options: ClusterOptions): Promise<void>;
  close(): Promise<void>;
}

/** Starts helm commands with a private home each; `close` removes what they left. */
export async function createHelm(): Promise<Helm> {
  const program = await resolveTool('helm');
  const directory = await mkdtemp(join(tmpdir(), 'tiphys-chart-'));
  const runner = await createProcessRunner({
    path: process.env['PATH'] ?? '',
    directory,
    timeoutMs: 120_000,
  });
  return new ChartHelm(program, directory, runner);
}

class ChartHelm implements Helm {
  readonly #program: string;
  readonly #directory: string;
  readonly #runner: ProcessRunner;
  #files = 0;

  constructor(program: string, directory: string, runner: ProcessRunner) {
    this.#program = program;
    this.#directory = directory;
    this.#runner = runner;
  }

  async lint(options: ReleaseOptions = {}): Promise<string> {
    return this.#run(['lint', '--strict', ...(await this.#values(options)), chartDir]);
  }

  async template(options: ReleaseOptions = {}): Promise<readonly RenderedObject[]> {
    const text = await this.#run(['template', ...this.#release(options), ...(await this.#values(options))]);
    return parseObjects(text);
  }

  async upgrade(options: ClusterOptions): Promise<string> {
    const args = ['upgrade', '--install', '--create-namespace', ...this.#cluster(options)];
    return this.#run([...args, ...this.#release(options), ...(await this.#values(options))]);
  }

  async uninstall(options: ClusterOptions): Promise<void> {
    const [release = ''] = this.#release(options);
    const namespace = options.namespace ?? 'argocd';
    await this.#run(['uninstall', ...this.#cluster(options), '--namespace', namespace, release]);
  }

  close(): Promise<void> {
    return this.#runner.close();
  }

  #release(options: ReleaseOptions): readonly string[] {
    return [options.release ?? 'argocd', chartDir, '--namespace', options.namespace ?? 'argocd'];
  }

  #cluster(options: ClusterOptions): readonly string[] {
    return ['--kubeconfig', options.kubeconfig, ...(options.extraArgs ?? [])];
  }

  async #values(options: ReleaseOptions): Promise<readonly string[]> {
    const files = [...(options.valueFiles ?? [])];
    if (options.values !== undefined) {
      this.#files += 1;
      const file = join(this.#directory, `values-${this.#files}.json`);
      await writeFile(file, JSON.stringify(options.values));
      files.push(file);
    }
    return files.flatMap((file) => ['--values', file]);
  }

  async #run(args: readonly string[]): Promise<string> {
    const { stdout } = await this.#runner.run({ program: this.#program, args });
    return Buffer.from(stdout).toString('utf8');
  }
}

/** The objects in a YAML stream; empty documents are left out. */
export function parseObjects(text: string): readonly RenderedObject[] {
  return loadAll(text)
    .filter((document) => document !== null && document !== undefined)
    .map((document) => renderedObject.parse(document));
}
