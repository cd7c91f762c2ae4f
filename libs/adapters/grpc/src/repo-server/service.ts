import {
  RepoServiceService,
  type RenderRequest as RenderMessage,
  type RepoServiceServer,
} from '@tiphys/generated/tiphys-repo';
import type {
  AbortSignalLike,
  FilesUpload,
  RenderRequest,
  RenderResult,
  RepoServer,
  RepositoryCatalogue,
  RepositoryTrees,
} from '@tiphys/ports';
import { clientStream, unary, type ServiceBinding } from '../server.ts';
import { TrailingError } from '../status.ts';
import { digestOf, FactsStore, SEND_FACTS, type ClusterFacts } from './cluster-facts.ts';
import { detailsRequestFromMessage, detailsToMessage } from './details.ts';
import { uploadIn } from './files.ts';
import { mapValues, optionsFromMessage, repositoryFromMessage, sourceFromMessage } from './messages.ts';

/** A rendered source whose objects are text already, so that a cached one is not read and written again. */
export type RenderedBytes = Omit<RenderResult, 'objects'> & { readonly objectsJson: Uint8Array };

/** What stands behind the repo-server's gRPC service. */
export interface RepoServerBackend
  extends Omit<RepoServer, 'render'>, Omit<RepositoryCatalogue, 'renderFiles'>, RepositoryTrees {
  render(request: RenderRequest, signal?: AbortSignalLike): Promise<RenderedBytes>;
  renderFiles(
    request: RenderRequest,
    files: FilesUpload,
    signal?: AbortSignalLike,
  ): Promise<Pick<RenderedBytes, 'objectsJson' | 'sourceType'>>;
}

const EVERYONE = ['api-server', 'application-controller', 'applicationset-controller', 'notifications'];
const RENDERERS = ['api-server', 'application-controller', 'applicationset-controller'];

const API = ['api-server'];
const GENERATORS = ['api-server', 'applicationset-controller'];

const CALLERS = {
  [RepoServiceService.render.path]: RENDERERS,
  [RepoServiceService.resolveRevision.path]: RENDERERS,
  [RepoServiceService.getRevisionMetadata.path]: EVERYONE,
  [RepoServiceService.hasChanges.path]: RENDERERS,
  [RepoServiceService.testRepository.path]: RENDERERS,
  [RepoServiceService.verifyRevision.path]: RENDERERS,
  [RepoServiceService.listRefs.path]: API,
  [RepoServiceService.listCharts.path]: API,
  [RepoServiceService.listApps.path]: API,
  [RepoServiceService.listPlugins.path]: API,
  [RepoServiceService.getAppDetails.path]: API,
  [RepoServiceService.getArtifactMetadata.path]: API,
  [RepoServiceService.renderFiles.path]: API,
  [RepoServiceService.listDirectories.path]: GENERATORS,
  [RepoServiceService.readFiles.path]: GENERATORS,
};

/** Binds a backend to the gRPC service, with who may call what. */
export function repoServerBinding(backend: RepoServerBackend): ServiceBinding {
  const implementation: RepoServiceServer = {
    ...renders(backend, new FactsStore()),
    ...revisions(backend),
    ...contents(backend),
  };
  return { definition: RepoServiceService, implementation, callers: CALLERS };
}

/** What is rendered. */
const renders = (
  backend: RepoServerBackend,
  facts: FactsStore,
): Pick<RepoServiceServer, 'render' | 'renderFiles'> => ({
  render: unary(async (message, signal) => {
    const { objectsJson, signatureProblems, ...result } = await backend.render(
      requestOf(message, facts),
      signal,
    );
    return {
      ...result,
      signaturesChecked: signatureProblems !== undefined,
      signatureProblems: [...(signatureProblems ?? [])],
      objectsJson: asBuffer(objectsJson),
    };
  }),
  renderFiles: clientStream(async (messages, signal) => {
    const { render, upload } = await uploadIn(messages);
    const { objectsJson, sourceType } = await backend.renderFiles(requestOf(render, facts), upload, signal);
    return { objectsJson: asBuffer(objectsJson), sourceType };
  }),
});

/** What is told of revisions. */
const revisions = (
  backend: RepoServerBackend,
): Pick<
  RepoServiceServer,
  'resolveRevision' | 'getRevisionMetadata' | 'getArtifactMetadata' | 'hasChanges' | 'verifyRevision'
> => ({
  resolveRevision: unary(async ({ source, refresh }) => ({
    revision: await backend.resolveRevision(sourceFromMessage(source), { refresh }),
  })),
  getRevisionMetadata: unary(async ({ source }) => {
    const asked = sourceFromMessage(source);
    const { signature, ...metadata } = await backend.revisionMetadata({
      ...asked,
      revision: asked.revision ?? '',
    });
    return {
      ...metadata,
      tags: [...metadata.tags],
      signatureInfo: signature?.info ?? '',
      signatureProblems: [...(signature?.problems ?? [])],
      signaturesChecked: signature !== undefined,
    };
  }),
  getArtifactMetadata: unary(async ({ source }) => {
    const asked = sourceFromMessage(source);
    const { chart, annotations } = await backend.artifactMetadata({
      ...asked,
      revision: asked.revision ?? '',
    });
    return {
      chart: chart && { ...chart, maintainers: [...chart.maintainers] },
      annotations: { ...annotations },
    };
  }),
  hasChanges: unary(async ({ source, since, paths }) => {
    const asked = sourceFromMessage(source);
    const question = { ...asked, revision: asked.revision ?? '', since, paths };
    return { changed: await backend.hasChanges(question) };
  }),
  verifyRevision: unary(async ({ source }) => {
    const asked = sourceFromMessage(source);
    return { problems: [...(await backend.verifyRevision({ ...asked, revision: asked.revision ?? '' }))] };
  }),
});

/** What is told of repositories. */
const contents = (
  backend: RepoServerBackend,
): Pick<
  RepoServiceServer,
  | 'listPlugins'
  | 'listRefs'
  | 'listCharts'
  | 'listApps'
  | 'listDirectories'
  | 'readFiles'
  | 'getAppDetails'
  | 'testRepository'
> => ({
  listPlugins: unary(async () => ({ names: [...(await backend.listPlugins())] })),
  listRefs: unary(async ({ repository }) => {
    const { branches, tags } = await backend.listRefs(repositoryFromMessage(repository));
    return { branches: [...branches], tags: [...tags] };
  }),
  listCharts: unary(async ({ repository }) => {
    const charts = await backend.listCharts(repositoryFromMessage(repository));
    return { charts: charts.map(({ name, versions }) => ({ name, versions: [...versions] })) };
  }),
  listApps: unary(async ({ source }) => ({ apps: await backend.listApps(sourceFromMessage(source)) })),
  listDirectories: unary(async ({ source }) => ({
    directories: [...(await backend.listDirectories(sourceFromMessage(source)))],
  })),
  readFiles: unary(async ({ source, patterns, doublestar }) => ({
    files: await backend.readFiles({ ...sourceFromMessage(source), patterns, doublestar }),
  })),
  getAppDetails: unary(async (message) =>
    detailsToMessage(await backend.appDetails(detailsRequestFromMessage(message))),
  ),
  testRepository: unary(async ({ repository }) => {
    await backend.testRepository(repositoryFromMessage(repository));
    return {};
  }),
});

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

function requestOf(message: RenderMessage, facts: FactsStore): RenderRequest {
  const { kubeVersion, apiVersions } = factsOf(message, facts);
  return {
    ...sourceFromMessage(message.source),
    appName: message.appName,
    appNamespace: message.appNamespace,
    project: message.project,
    destinationNamespace: message.destinationNamespace,
    destinationServer: message.destinationServer,
    kubeVersion,
    apiVersions,
    refSources: mapValues(message.refSources, sourceFromMessage),
    helmRepositories: message.helmRepositories.map(repositoryFromMessage),
    options: optionsFromMessage(message.options),
    refreshRevision: message.refreshRevision,
    noCache: message.noCache,
    ...(message.manifestGeneratePaths === '' ? {} : { manifestGeneratePaths: message.manifestGeneratePaths }),
  };
}

/** The digest is computed here again: no caller names another's facts. */
function factsOf(message: RenderMessage, facts: FactsStore): ClusterFacts {
  const sent = message.clusterFacts;
  if (sent !== undefined) {
    facts.set(digestOf(sent), sent);
    return sent;
  }
  const known = facts.get(message.clusterFactsId);
  if (known !== undefined) return known;
  throw new TrailingError('failed-precondition', 'the facts of the cluster are not known here', SEND_FACTS);
}
