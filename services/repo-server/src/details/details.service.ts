import { posix } from 'node:path';
import { hasCode, TiphysError, type HelmSource, type JsonValue, type SourceType } from '@tiphys/model';
import type { AppDetails, DetailsRequest, GitSource, RenderSource, RepoRoot } from '@tiphys/ports';
import { parseJson, parseYamlDocuments } from '@tiphys/yaml';
import { artifactName, isArtifact } from '../artifacts.ts';
import type { ArtifactRoots } from '../render/artifact-roots.ts';
import { detectTool } from '../render/detect-tool.ts';
import { applicationPath } from '../render/git-planner.ts';
import { GitRoot } from '../render/git-root.ts';
import { applyOverrides } from '../render/overrides.ts';
import type { RenderService } from '../render/render.service.ts';
import { Snapshot } from '../render/snapshot.ts';
import type { RevisionService } from '../revision/revision.service.ts';
import { imagesOf } from './images.ts';
import { flatten } from './values.ts';

const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//;
const REFERENCE = /^\$([^/]+)\/(.*)$/s;

export interface DetailsServiceOptions {
  readonly git: GitSource;
  readonly roots: ArtifactRoots;
  readonly revisions: RevisionService;
  readonly renders: Pick<RenderService, 'render'>;
}

interface Chart {
  readonly root: RepoRoot;
  readonly path: string;
  readonly helm: HelmSource;
  readonly request: DetailsRequest;
}

/** Tells how a source is rendered, and what it can be told. It reads through the same rooted paths as a render. */
export class DetailsService {
  readonly #options: DetailsServiceOptions;

  constructor(options: DetailsServiceOptions) {
    this.#options = options;
  }

  async of(request: DetailsRequest): Promise<AppDetails> {
    const path = applicationPath(request.source.path);
    return await this.#lend(request, async (root) => {
      if (!(await root.exists(path))) throw new TiphysError('not-found', `${path}: app path does not exist`);
      const source = await applyOverrides(root, { source: request.source, appName: request.appName, path });
      const disabled = request.options.disabledTools;
      const sourceType: SourceType =
        artifactName(source) === '' ? await detectTool(root, { source, path, disabled }) : 'Helm';
      switch (sourceType) {
        case 'Helm':
          return { sourceType, helm: await this.#helm({ root, path, helm: source.helm ?? {}, request }) };
        case 'Kustomize':
          return { sourceType, kustomize: { images: await this.#images(request) } };
        case 'Directory':
        case 'Plugin':
          return { sourceType };
      }
    });
  }

  async #lend<T>(asked: RenderSource, task: (root: RepoRoot) => Promise<T>): Promise<T> {
    const { git, roots, revisions } = this.#options;
    const { source, repository } = asked;
    const revision = await revisions.resolve(asked);
    if (isArtifact(source, repository)) return await roots.use(asked, revision, task);
    await git.fetch(repository, revision);
    return await task(new GitRoot(new Snapshot(git, repository, revision)));
  }

  async #helm(chart: Chart): Promise<NonNullable<AppDetails['helm']>> {
    const { root, path, helm } = chart;
    const own = posix.join(path, 'values.yaml');
    const values = (await root.exists(own)) ? await root.readFile(own) : '';
    const parameters = new Map<string, string>();
    flatten(valuesIn(values, own), parameters);
    for (const name of helm.valueFiles ?? []) flatten(await this.#valueFile(chart, name), parameters);
    const files = (await root.walk(path)).filter((file) => /values[^/]*\.ya?ml$/u.test(posix.basename(file)));
    return { valueFiles: files.sort(), parameters: Object.fromEntries(parameters), values };
  }

  /** Files of other sites are not fetched for this. */
  async #valueFile(chart: Chart, name: string): Promise<JsonValue | undefined> {
    const { root, path, request, helm } = chart;
    if (SCHEME.test(name)) return undefined;
    const [, ref, inside = ''] = REFERENCE.exec(name) ?? [];
    try {
      if (ref === undefined) return valuesIn(await root.readFile(name, path), name);
      const other = request.refSources[ref] ?? request.refSources[`$${ref}`];
      if (other === undefined)
        throw new TiphysError('invalid', `no source of this Application has the ref ${ref}`);
      return await this.#lend(other, async (from) => valuesIn(await from.readFile(inside), name));
    } catch (error) {
      if (helm.ignoreMissingValueFiles === true && hasCode(error, 'not-found')) return undefined;
      throw error;
    }
  }

  async #images(request: DetailsRequest): Promise<readonly string[]> {
    const { objectsJson } = await this.#options.renders.render({
      ...request,
      appNamespace: '',
      project: '',
      destinationNamespace: '',
      destinationServer: '',
      kubeVersion: '',
      apiVersions: [],
      helmRepositories: [],
      refreshRevision: false,
      noCache: false,
    });
    return imagesOf(parseJson(Buffer.from(objectsJson).toString(), 'the rendered objects'));
  }
}

/** All of a values file as one document; what is no mapping has no parameters. */
const valuesIn = (text: string, file: string): JsonValue => parseYamlDocuments(text, { file })[0] ?? {};
