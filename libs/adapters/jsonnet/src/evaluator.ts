import { isTiphysError, TiphysError, type JsonnetVar, type JsonObject } from '@tiphys/model';
import type { CommandRunner, RenderContext } from '@tiphys/ports';
import { parseKubernetesObjects } from '@tiphys/yaml';
import { importClosure } from './contained-imports.ts';
import { codeOf, librariesIn } from './inputs.ts';

export interface JsonnetEvaluatorOptions {
  readonly runner: CommandRunner;
  /** Name on the runner's PATH or absolute path of go-jsonnet. Default `jsonnet`. */
  readonly program?: string;
  /** Milliseconds for one file. Default 90 000. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 90_000;

/** Evaluates Jsonnet files of directory applications with the variables, arguments and libraries of their source. */
export class JsonnetEvaluator {
  readonly #options: JsonnetEvaluatorOptions;

  constructor(options: JsonnetEvaluatorOptions) {
    this.#options = options;
  }

  /**
   * The Kubernetes objects of one file (relative to the root): an object, an array or a List. Errors name the file:
   * `invalid` where it reaches outside the repository or makes something else, `failed-precondition` with Jsonnet's
   * own words where it fails.
   */
  async renderFile(context: RenderContext, file: string): Promise<readonly JsonObject[]> {
    const { root } = context;
    const settings = context.source.directory?.jsonnet ?? {};
    const libraries = await librariesIn(root, context.path, settings);
    await importClosure({ root, libraries }, file, codeOf(settings));
    const text = await this.#evaluate(context, file, [
      ...libraries.flatMap((library) => ['--jpath', library]),
      ...(settings.extVars ?? []).flatMap((one) => variable('ext', one)),
      ...(settings.tlas ?? []).flatMap((one) => variable('tla', one)),
    ]);
    return parseKubernetesObjects(text, { file });
  }

  async #evaluate(context: RenderContext, file: string, flags: readonly string[]): Promise<string> {
    try {
      const { stdout } = await this.#options.runner.run({
        program: this.#options.program ?? 'jsonnet',
        args: [...flags, '--', file],
        cwd: context.root.directory,
        timeoutMs: this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      });
      return new TextDecoder().decode(stdout);
    } catch (error) {
      if (!isTiphysError(error)) throw error;
      const message = error.message.replaceAll(`${context.root.directory}/`, '');
      throw new TiphysError(error.code, `cannot render ${file}: ${message}`, { cause: error });
    }
  }
}

function variable(kind: 'ext' | 'tla', one: JsonnetVar): readonly string[] {
  if (one.name === '' || one.name.includes('=')) {
    throw new TiphysError('invalid', `${JSON.stringify(one.name)} is not a name of a Jsonnet variable`);
  }
  return [`--${kind}-${one.code === true ? 'code' : 'str'}`, `${one.name}=${one.value}`];
}
