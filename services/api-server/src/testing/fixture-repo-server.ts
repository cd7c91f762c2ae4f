import { compileGlob } from '@tiphys/glob';
import { TiphysError } from '@tiphys/model';
import type { JsonObject, Repository, SourceType } from '@tiphys/model';
import type {
  AppDetails,
  ArtifactMetadata,
  ChartListing,
  DetailsRequest,
  FilesUpload,
  RenderedFiles,
  FilesQuestion,
  RenderRequest,
  RenderResult,
  RenderSource,
  RepoServer,
  RepositoryCatalogue,
  RepositoryTrees,
  RevisionMetadata,
} from '@tiphys/ports';

const HEAD = 'a'.repeat(40);

/** A repository whose revisions and manifests are given; the server itself is what is under test. */
export class FixtureRepoServer implements RepoServer, RepositoryCatalogue, RepositoryTrees {
  /** Revisions by name; `HEAD` stands for none. */
  readonly revisions: Record<string, string> = { HEAD, main: HEAD, 'v1.0.0': 'b'.repeat(40) };
  /** Objects by path. */
  readonly paths: Record<string, readonly JsonObject[]> = {};
  readonly asked: RenderRequest[] = [];
  /** Set to have every call fail. */
  failure: TiphysError | undefined;

  render(request: RenderRequest): Promise<RenderResult> {
    this.asked.push(request);
    const path = request.source.path ?? '';
    const objects = this.paths[path];
    if (this.failure) return Promise.reject(this.failure);
    if (!objects) return Promise.reject(new TiphysError('not-found', `${path}: app path does not exist`));
    return this.resolveRevision(request).then((revision) => ({
      objects,
      contentHash: path,
      revision,
      sourceType: 'Directory',
      refRevisions: {},
    }));
  }

  resolveRevision({ source }: RenderSource): Promise<string> {
    if (this.failure) return Promise.reject(this.failure);
    const name = source.targetRevision || 'HEAD';
    const sha = this.revisions[name];
    return sha === undefined
      ? Promise.reject(new TiphysError('not-found', `unable to resolve '${name}' to a commit SHA`))
      : Promise.resolve(sha);
  }

  revisionMetadata(): Promise<RevisionMetadata> {
    return Promise.resolve({ author: 'a', date: '2024-01-01T00:00:00Z', message: 'm', tags: [] });
  }

  /** What is said of charts and artifacts, by revision. */
  readonly artifacts: Record<string, ArtifactMetadata> = {};

  artifactMetadata({ revision }: { readonly revision: string }): Promise<ArtifactMetadata> {
    const found = this.artifacts[revision];
    return found === undefined
      ? Promise.reject(new TiphysError('not-found', `there is no version ${revision}`))
      : Promise.resolve(found);
  }

  /** Reads the upload to its end and answers with the objects of the path. */
  async renderFiles(request: RenderRequest, { chunks }: FilesUpload): Promise<RenderedFiles> {
    for await (const chunk of chunks) this.uploaded += chunk.length;
    const { objects, sourceType } = await this.render(request);
    return { objects, sourceType };
  }
  /** Bytes that were sent to be rendered. */
  uploaded = 0;

  verifyRevision(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  hasChanges(): Promise<boolean> {
    return Promise.resolve(true);
  }

  /** Throws for repositories that cannot be reached with what is known of them. */
  reach: (repository: Repository) => void = () => undefined;
  readonly tested: Repository[] = [];

  testRepository(repository: Repository): Promise<void> {
    this.tested.push(repository);
    return Promise.resolve().then(() => this.reach(repository));
  }

  readonly branches: string[] = ['main'];
  readonly tags: string[] = ['v1.0.0'];
  readonly charts: ChartListing[] = [];
  /** What each path is rendered with, and can be told. */
  readonly details: Record<string, AppDetails> = {};
  readonly looked: DetailsRequest[] = [];

  listRefs({ type }: Repository): Promise<{ branches: readonly string[]; tags: readonly string[] }> {
    return Promise.resolve(type === 'oci' ? { branches: [], tags: ['0.1.0'] } : this);
  }

  /** Plugins beside it. */
  readonly plugins: string[] = [];

  listPlugins(): Promise<readonly string[]> {
    return Promise.resolve(this.plugins);
  }

  listCharts(): Promise<readonly ChartListing[]> {
    return Promise.resolve(this.charts);
  }

  listApps(): Promise<Readonly<Record<string, SourceType>>> {
    const apps = Object.entries(this.details).filter(([, { sourceType }]) => sourceType !== 'Directory');
    return Promise.resolve(Object.fromEntries(apps.map(([path, { sourceType }]) => [path, sourceType])));
  }

  appDetails(request: DetailsRequest): Promise<AppDetails> {
    this.looked.push(request);
    const path = request.source.path ?? request.source.chart ?? '';
    const found = this.details[path];
    return found === undefined
      ? Promise.reject(new TiphysError('not-found', `${path}: app path does not exist`))
      : Promise.resolve(found);
  }

  /** What generators find, by path. */
  readonly tree: Record<string, string> = {};

  async listDirectories(source: RenderSource): Promise<readonly string[]> {
    await this.resolveRevision(source);
    const directories = Object.keys(this.tree).flatMap((path) =>
      path
        .split('/')
        .slice(0, -1)
        .map((_step, index, steps) => steps.slice(0, index + 1).join('/')),
    );
    return [...new Set(directories)].sort();
  }

  async readFiles({ patterns, ...source }: FilesQuestion): Promise<Readonly<Record<string, string>>> {
    await this.resolveRevision(source);
    const tests = patterns.map((pattern) => compileGlob(pattern) ?? (() => false));
    return Object.fromEntries(
      Object.entries(this.tree).filter(([path]) => tests.some((matches) => matches(path))),
    );
  }
}
