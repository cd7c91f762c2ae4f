import { join, normalize } from 'node:path/posix';
import { tmpdir } from 'node:os';
import { isTiphysError, showPaths, TiphysError, type JsonObject, type KustomizeSource } from '@tiphys/model';
import type { CommandRunner, RenderContext, Renderer } from '@tiphys/ports';
import { parseKubernetesObjects } from '@tiphys/yaml';
import { parseBuildOptions, type BuildOptions } from './build-options.ts';
import { editKustomization, hasEdits } from './edit.ts';
import { closure, kustomizationFile, kustomizationFileNames, readKustomization } from './inputs.ts';
import { openInputs } from './open-inputs.ts';
import { createWorkspace } from './workspace.ts';

export interface KustomizeRendererOptions {
  readonly runner: CommandRunner;
  /** Name on the runner's PATH or absolute path. Default `kustomize`. */
  readonly program?: string;
  /** Programs by the version that `source.kustomize.version` asks for; one that is not here is refused. Default none. */
  readonly programs?: ReadonlyMap<string, string>;
  /** Where private copies are made. Default the system's temporary directory. */
  readonly scratchDirectory?: string;
  /** Milliseconds for one build. Default 90 000. */
  readonly timeoutMs?: number;
  /** Bases of other repositories. Default `refuse`. */
  readonly remoteBases?: 'refuse' | 'allow';
  /** Flags of `kustomize.buildOptions` to take although they let repositories run programs. Default none. */
  readonly dangerousFlags?: readonly string[];
}

const DEFAULT_TIMEOUT_MS = 90_000;

/**
 * Builds kustomizations. All that a build reads is followed first and must lie inside the repository; changes from the
 * Application are made in a private copy, so that the tree it comes from is only ever read.
 */
export class KustomizeRenderer implements Renderer {
  readonly #options: KustomizeRendererOptions;

  constructor(options: KustomizeRendererOptions) {
    this.#options = options;
  }

  async render(context: RenderContext): Promise<readonly JsonObject[]> {
    const { root, path } = context;
    const build = this.#buildOptions(context);
    const program = this.#program(context);
    const source = await presentComponents(context);
    const file = await kustomizationFile(root, normalize(path));
    if (file === undefined) {
      throw new TiphysError('not-found', `${path} holds none of ${kustomizationFileNames.join(', ')}`);
    }
    const kustomization = editKustomization(await readKustomization(root, file), source);
    const inputs = await closure(root, path, {
      remoteBases: this.#options.remoteBases ?? 'refuse',
      edited: kustomization,
    });
    const opened = await openInputs(context, inputs);
    if (!hasEdits(source) && !build.helm && opened.size === 0)
      return this.#build(context, root.directory, { ...build, program });
    const workspace = await createWorkspace(this.#options.scratchDirectory ?? tmpdir(), {
      root,
      inputs,
      file,
      kustomization,
      opened,
    });
    try {
      return await this.#build(context, workspace.directory, { ...build, program });
    } finally {
      await workspace.remove();
    }
  }

  #buildOptions(context: RenderContext): BuildOptions {
    const text = context.request.options.kustomizeBuildOptions ?? '';
    const build = parseBuildOptions(text, this.#options.dangerousFlags);
    if (!build.helm) return build;
    const source = context.source.kustomize ?? {};
    const kubeVersion = source.kubeVersion ?? context.request.kubeVersion;
    const apiVersions = source.apiVersions ?? context.request.apiVersions;
    return {
      ...build,
      flags: [
        ...build.flags,
        ...(kubeVersion === '' ? [] : [`--helm-kube-version=${kubeVersion}`]),
        ...apiVersions.map((version) => `--helm-api-versions=${version}`),
      ],
    };
  }

  #program({ source }: RenderContext): string {
    const version = source.kustomize?.version ?? '';
    if (version === '') return this.#options.program ?? 'kustomize';
    const program = this.#options.programs?.get(version);
    if (program !== undefined) return program;
    throw new TiphysError(
      'failed-precondition',
      `kustomize version ${version} is not registered: --kustomize-versions of the repo-server does not name its program`,
    );
  }

  async #build(
    context: RenderContext,
    directory: string,
    build: BuildOptions & { readonly program: string },
  ): Promise<readonly JsonObject[]> {
    const { path } = context;
    try {
      const { stdout } = await this.#options.runner.run({
        program: build.program,
        args: ['build', ...build.flags, '--', `./${normalize(path)}`],
        cwd: directory,
        env: { GIT_ALLOW_PROTOCOL: 'https', GIT_TERMINAL_PROMPT: '0', HELM_NO_PLUGINS: '1' },
        timeoutMs: this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      });
      return parseKubernetesObjects(new TextDecoder().decode(stdout), { file: `the build of ${path}` });
    } catch (error) {
      if (!isTiphysError(error)) throw error;
      const message = showPaths(error.message, { [directory]: '', [context.root.directory]: '' });
      throw new TiphysError(error.code, `cannot build the kustomization in ${path}: ${message}`, {
        cause: error,
      });
    }
  }
}

/** The settings of the source, components that are missing left out where they may be. */
async function presentComponents({ root, path, source }: RenderContext): Promise<KustomizeSource> {
  const settings = source.kustomize ?? {};
  if (settings.ignoreMissingComponents !== true || settings.components === undefined) return settings;
  const present: string[] = [];
  for (const component of settings.components) {
    if (await root.exists(join(path, component))) present.push(component);
  }
  return { ...settings, components: present };
}
