import { availableParallelism } from 'node:os';
import { DirectoryRenderer } from '@tiphys/adapter-directory';
import type { RepoServerBackend } from '@tiphys/adapter-grpc';
import { HelmRenderer } from '@tiphys/adapter-helm';
import { JsonnetEvaluator } from '@tiphys/adapter-jsonnet';
import { KustomizeRenderer } from '@tiphys/adapter-kustomize';
import { pluginsIn } from '@tiphys/adapter-plugin';
import { createRepoFiles } from '@tiphys/adapter-repo-files';
import type { CommandRunner, ConfigPlugins, RepoFiles } from '@tiphys/ports';
import { systemClock } from '@tiphys/runtime/clock';
import type { Artifacts } from './artifacts.ts';
import { isGpgEnabled, type RepoServerConfig } from './config.ts';
import { DetailsService } from './details/details.service.ts';
import { ListingService } from './details/listing.service.ts';
import { FilesService } from './files/files.service.ts';
import { ArtifactMetadataService } from './metadata/artifact-metadata.service.ts';
import { TreeService } from './details/tree.service.ts';
import { MetadataService } from './metadata/metadata.service.ts';
import { IntegrityService } from './integrity/integrity.service.ts';
import type { RepoMetrics } from './metrics/repo-metrics.ts';
import { ArtifactPlanner } from './render/artifact-planner.ts';
import { ArtifactRoots, type LentRoots } from './render/artifact-roots.ts';
import { Checkouts } from './render/checkout.ts';
import { Decryption } from './render/decryption.ts';
import type { ExportStore } from './render/export-store.ts';
import { GitPlanner } from './render/git-planner.ts';
import { Limiter } from './render/limiter.ts';
import { PluginPlanner } from './render/plugin/plugin-planner.ts';
import { RefResolver } from './render/refs.ts';
import { RenderCache } from './render/render-cache.ts';
import { Renderers, type RendererSet } from './render/renderers.ts';
import { RenderService } from './render/render.service.ts';
import { ToolPlanner } from './render/tool-planner.ts';
import { ToolVersions } from './render/tool-versions.ts';
import { RepositoryTestService } from './repository-test/repository-test.service.ts';
import type { Resources } from './resources.ts';
import { ChangesService } from './revision/changes.service.ts';
import { RevisionService } from './revision/revision.service.ts';
import { parseSize } from './size.ts';

const RENDERED_IN_MEMORY = 64 * 1024 * 1024;
const FAILURE_TTL_MS = 30_000;
const MIB = 1024 * 1024;

/** Puts the use cases together. */
export function buildBackend(
  config: RepoServerConfig,
  metrics: RepoMetrics,
  resources: Resources,
): RepoServerBackend {
  const { git, helm, oci } = resources;
  const artifacts: Artifacts = { helm, oci };
  const files = createRepoFiles();
  const roots = new ArtifactRoots({ artifacts, store: resources.exports, files });
  const revisions = new RevisionService({
    git,
    artifacts,
    maxAgeMs: config.revisionCacheExpiration,
    now: () => systemClock.now(),
  });
  const integrity = new IntegrityService({
    git,
    keyring: resources.keyring,
    isEnabled: isGpgEnabled(config.gpgEnabled),
  });
  const { renders, uploads } = buildRenders(config, metrics, {
    resources,
    artifacts,
    files,
    roots,
    revisions,
    integrity,
  });
  const metadata = new MetadataService({ git, oci, integrity });
  const artifactMetadata = new ArtifactMetadataService({ roots, oci });
  const changes = new ChangesService(git);
  const tests = new RepositoryTestService({ git, helm, oci });
  const listing = new ListingService({ git, helm, oci, revisions });
  const trees = new TreeService({ git, revisions });
  const details = new DetailsService({ git, roots, revisions, renders });
  return {
    render: (request) => metrics.pending(request.repository.url, () => renders.render(request)),
    resolveRevision: (source, options) => revisions.resolve(source, options),
    revisionMetadata: (source) => metadata.of(source),
    hasChanges: (question) => changes.has(question),
    testRepository: (repository) => tests.test(repository),
    verifyRevision: (source) => integrity.problemsOf(source),
    listPlugins: async () => (await pluginsOf(config).list()).map(({ name }) => name).sort(),
    listRefs: (repository) => listing.refs(repository),
    listCharts: (repository) => listing.charts(repository),
    listApps: (source) => listing.apps(source),
    listDirectories: (source) => trees.directories(source),
    readFiles: (question) => trees.files(question),
    appDetails: (request) => details.of(request),
    artifactMetadata: (source) => artifactMetadata.of(source),
    renderFiles: (request, files) => uploads.render(request, files),
  };
}

interface RenderParts {
  readonly resources: Resources;
  readonly artifacts: Artifacts;
  readonly files: RepoFiles;
  readonly roots: ArtifactRoots;
  readonly revisions: RevisionService;
  readonly integrity: IntegrityService;
}

function buildRenders(
  config: RepoServerConfig,
  metrics: RepoMetrics,
  parts: RenderParts,
): { readonly renders: RenderService; readonly uploads: FilesService } {
  const { resources, artifacts, files, roots, revisions, integrity } = parts;
  const { git, runner, exports } = resources;
  const maxCombinedBytes = parseSize(config.maxCombinedDirectoryManifestsSize);
  const checkouts = new Checkouts(exports, files);
  const refs = new RefResolver({ git, revisions, checkouts });
  const versions = new ToolVersions(runner, config);
  const { sops, scratchDirectory } = resources;
  const shared = { resources, artifacts, maxCombinedBytes };
  const renderers = new Renderers(
    buildRenderers(config, { ...shared, runner, scratchDirectory }),
    sops && buildRenderers(config, { ...shared, ...sops }),
  );
  const tools = new ToolPlanner({ renderers, checkouts, refs, versions });
  const plugins = buildPlugins(config, exports);
  const limiter = new Limiter(config.parallelismLimit || 2 * availableParallelism(), (seconds) =>
    metrics.waited(seconds),
  );
  const planner = (from: LentRoots): ArtifactPlanner =>
    new ArtifactPlanner({ roots: from, refs, renderers, versions, plugins });
  const uploads = new FilesService({
    unpacker: resources.unpacker,
    files,
    planner,
    limiter,
    scratchDirectory,
    maxArchiveBytes: parseSize(config.streamedManifestMaxTarSize),
    maxExtractedBytes: parseSize(config.streamedManifestMaxExtractedSize),
  });
  const renders = new RenderService({
    revisions,
    integrity,
    git: new GitPlanner({ git, tools, plugins, checkouts, maxCombinedBytes }),
    artifacts: planner(roots),
    cache: new RenderCache({
      shared: resources.cache,
      sharedTtlMs: config.repoCacheExpiration,
      memoryBytes: RENDERED_IN_MEMORY,
      failureTtlMs: FAILURE_TTL_MS,
    }),
    decryption: sops && new Decryption({ ...sops, program: config.sops, timeoutMs: config.execTimeout }),
    limiter,
  });
  return { renders, uploads };
}

const pluginsOf = (config: RepoServerConfig): ConfigPlugins =>
  pluginsIn({ folder: config.pluginDir, maxAnswerBytes: config.grpcMaxSizeMb * MIB });

const buildPlugins = (config: RepoServerConfig, store: ExportStore): PluginPlanner =>
  new PluginPlanner({
    plugins: pluginsOf(config),
    store,
    exclude: config.pluginTarExclude.split(';').filter((glob) => glob.trim() !== ''),
    usesManifestGeneratePaths: config.pluginUseManifestGeneratePaths,
    timeoutMs: config.execTimeout,
  });

interface RendererParts {
  readonly resources: Resources;
  readonly artifacts: Artifacts;
  readonly maxCombinedBytes: number;
  readonly runner: CommandRunner;
  readonly scratchDirectory: string;
}

function buildRenderers(config: RepoServerConfig, parts: RendererParts): RendererSet {
  const { runner, scratchDirectory } = parts;
  const { http } = parts.resources;
  const timeoutMs = config.execTimeout;
  const jsonnet = new JsonnetEvaluator({ runner, program: config.jsonnet, timeoutMs });
  return {
    Helm: new HelmRenderer({
      ...parts.artifacts,
      runner,
      http,
      program: config.helm,
      scratchDirectory,
      timeoutMs,
    }),
    Kustomize: new KustomizeRenderer({
      runner,
      program: config.kustomize,
      programs: config.kustomizeVersions,
      scratchDirectory,
      timeoutMs,
      remoteBases: config.kustomizeRemoteBases,
    }),
    Directory: new DirectoryRenderer({
      maxCombinedBytes: parts.maxCombinedBytes,
      renderJsonnetFile: (context, file) => jsonnet.renderFile(context, file),
    }),
  };
}
