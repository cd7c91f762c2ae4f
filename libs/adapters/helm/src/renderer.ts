import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isTiphysError, showPaths, TiphysError, type HelmSource, type JsonObject } from '@tiphys/model';
import type { CommandRunner, HttpFetcher, RenderContext, Renderer } from '@tiphys/ports';
import { stringifyJson } from '@tiphys/yaml';
import { buildDependencies, missingDependencies, type DependencySources } from './dependencies.ts';
import { helmHomes } from './homes.ts';
import { FileOpener } from './open-files.ts';
import { parseTemplateOutput } from './output.ts';
import { assertLocalSchemas } from './schemas.ts';
import { templateArgs } from './template-args.ts';
import { resolveFile, resolveValueFiles, type ResolvedFile } from './value-files.ts';

export interface HelmRendererOptions extends DependencySources {
  readonly runner: CommandRunner;
  /** Reads remote value files. */
  readonly http: HttpFetcher;
  /** Name on the runner's PATH or absolute path. Default `helm`. */
  readonly program?: string;
  /** Where private directories are made. Default the system's temporary directory. */
  readonly scratchDirectory?: string;
  /** Milliseconds for one `helm template`. Default 90 000. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 90_000;

/**
 * Renders charts by `helm template`. Values, charts and local dependencies come from inside the repository only; each
 * run has homes of its own without plugins, and no way to a cluster. Hooks stay in the result as they are.
 */
export class HelmRenderer implements Renderer {
  readonly #options: HelmRendererOptions;

  constructor(options: HelmRendererOptions) {
    this.#options = options;
  }

  async render(context: RenderContext): Promise<readonly JsonObject[]> {
    const parent = this.#options.scratchDirectory ?? tmpdir();
    await mkdir(parent, { recursive: true, mode: 0o700 });
    const scratch = await mkdtemp(join(parent, 'helm-'));
    try {
      return await this.#render(context, scratch);
    } finally {
      await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
    }
  }

  async #render(context: RenderContext, scratch: string): Promise<readonly JsonObject[]> {
    const { root, path } = context;
    const missing = await missingDependencies(context);
    await root.assertNoEscapes(path);
    await assertLocalSchemas(root, path);
    const chart =
      missing.length === 0
        ? await root.resolve(path)
        : await buildDependencies(context, missing, { ...this.#options, scratch });
    const named = await resolveValueFiles(context, { http: this.#options.http, scratch });
    const parameterFiles = await Promise.all(
      (context.source.helm?.fileParameters ?? []).map((one) => resolveFile(one.path, context)),
    );
    const opener = new FileOpener(context.decryptor, scratch);
    const valueFiles = [...(await opener.chartValues(context, chart)), ...(await opener.open(named))];
    const inline = await writeInlineValues(context.source.helm ?? {}, scratch);
    return this.#template(context, {
      scratch,
      chart,
      valueFiles: [...valueFiles, ...inline],
      parameterFiles: await opener.open(parameterFiles),
    });
  }

  async #template(context: RenderContext, input: TemplateFiles): Promise<readonly JsonObject[]> {
    const { valueFiles, parameterFiles, chart, scratch } = input;
    try {
      const { stdout } = await this.#options.runner.run({
        program: this.#options.program ?? 'helm',
        args: templateArgs({
          helm: context.source.helm ?? {},
          request: context.request,
          valueFiles: valueFiles.map((one) => one.file),
          parameterFiles: parameterFiles.map((one) => one.file),
        }),
        cwd: chart,
        env: helmHomes(scratch),
        timeoutMs: this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      });
      return parseTemplateOutput(new TextDecoder().decode(stdout));
    } catch (error) {
      if (!isTiphysError(error)) throw error;
      throw new TiphysError(
        error.code,
        `cannot render the chart in ${context.path}: ${shown(error, context, input)}`,
        {
          cause: error,
        },
      );
    }
  }
}

interface TemplateFiles {
  readonly scratch: string;
  readonly chart: string;
  readonly valueFiles: readonly ResolvedFile[];
  readonly parameterFiles: readonly ResolvedFile[];
}

/** Inline values, the structured ones before the text: only one of both counts. */
async function writeInlineValues(helm: HelmSource, scratch: string): Promise<readonly ResolvedFile[]> {
  const text = helm.valuesObject === undefined ? (helm.values ?? '') : stringifyJson(helm.valuesObject);
  if (text === '') return [];
  const file = join(scratch, 'values.yaml');
  await writeFile(file, text);
  return [
    {
      file,
      name: helm.valuesObject === undefined ? 'spec.source.helm.values' : 'spec.source.helm.valuesObject',
    },
  ];
}

function shown(error: TiphysError, context: RenderContext, input: TemplateFiles): string {
  const files = [...input.valueFiles, ...input.parameterFiles].map(({ file, name }) => [file, name]);
  return showPaths(error.message, {
    ...(Object.fromEntries(files) as Record<string, string>),
    [input.chart]: '',
    [input.scratch]: '',
    [context.root.directory]: '',
  });
}
