import { setTimeout as delay } from 'node:timers/promises';
import {
  RepoServiceClient,
  type RenderRequest as RenderMessage,
  type RenderResponse,
} from '@tiphys/generated/tiphys-repo';
import { isTiphysError, type JsonObject, type Repository, type SourceType } from '@tiphys/model';
import type {
  AbortSignalLike,
  AppDetails,
  ArtifactMetadata,
  ChangesQuestion,
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
import { parseJson } from '@tiphys/yaml';
import {
  callUnary,
  callWithStream,
  openChannel,
  type Channel,
  type InternalClientOptions,
} from '../channel.ts';
import { fromServiceError, hasTrailer, isConnectionLost } from '../status.ts';
import { FactsDigests, SEND_FACTS } from './cluster-facts.ts';
import { detailsFromMessage, detailsRequestToMessage } from './details.ts';
import { messagesOf, renderedFilesOf } from './files.ts';
import {
  asSourceType,
  mapValues,
  optionsToMessage,
  repositoryToMessage,
  sourceToMessage,
} from './messages.ts';

export interface RepoServerClient extends RepoServer, RepositoryCatalogue, RepositoryTrees {
  close(): void;
}

/** Input that takes the server down with it must not do so for ever. */
const MAX_TRIES = 3;
const PAUSE_MS = 100;

/** Opens a client of the repo-server. Calls cut off by its restart, or made during it, wait for it some seconds. */
export async function createRepoServerClient(options: InternalClientOptions): Promise<RepoServerClient> {
  return new GrpcRepoServer(await openChannel(RepoServiceClient, 'repo-server', options));
}

class GrpcRepoServer implements RepoServerClient {
  readonly #channel: Channel<RepoServiceClient>;
  readonly #digests = new FactsDigests();
  /** Digests that the server has been told the facts of. */
  readonly #told = new Set<string>();

  constructor(channel: Channel<RepoServiceClient>) {
    this.#channel = channel;
  }

  async render(request: RenderRequest, signal?: AbortSignalLike): Promise<RenderResult> {
    const response = await this.#calling(() => this.#render(request, signal), signal);
    return {
      objects: parseJson(
        Buffer.from(response.objectsJson).toString(),
        'the rendered objects',
      ) as unknown as readonly JsonObject[],
      contentHash: response.contentHash,
      revision: response.revision,
      sourceType: asSourceType(response.sourceType),
      refRevisions: response.refRevisions,
      ...(response.signaturesChecked ? { signatureProblems: response.signatureProblems } : {}),
    };
  }

  async resolveRevision(source: RenderSource, options?: { readonly refresh?: boolean }): Promise<string> {
    const request = { source: sourceToMessage(source), refresh: options?.refresh ?? false };
    const { client, timeoutMs } = this.#channel;
    const call = client.resolveRevision.bind(client);
    return (await this.#calling(() => callUnary(call, request, { timeoutMs }))).revision;
  }

  async revisionMetadata(source: RenderSource & { readonly revision: string }): Promise<RevisionMetadata> {
    const { client, timeoutMs } = this.#channel;
    const call = client.getRevisionMetadata.bind(client);
    const { signatureInfo, signatureProblems, signaturesChecked, ...metadata } = await this.#calling(() =>
      callUnary(call, { source: sourceToMessage(source) }, { timeoutMs }),
    );
    if (!signaturesChecked) return metadata;
    return { ...metadata, signature: { info: signatureInfo, problems: signatureProblems } };
  }

  async artifactMetadata(source: RenderSource & { readonly revision: string }): Promise<ArtifactMetadata> {
    const { client, timeoutMs } = this.#channel;
    const call = client.getArtifactMetadata.bind(client);
    const { chart, annotations } = await this.#calling(() =>
      callUnary(call, { source: sourceToMessage(source) }, { timeoutMs }),
    );
    return { annotations, ...(chart === undefined ? {} : { chart }) };
  }

  /** The pieces pass once, so that a call that was cut off is not made again. */
  async renderFiles(
    request: RenderRequest,
    files: FilesUpload,
    signal?: AbortSignalLike,
  ): Promise<RenderedFiles> {
    const { client, timeoutMs, peer } = this.#channel;
    const message = toMessage(request, this.#digests.of(request), false);
    const call = client.renderFiles.bind(client);
    try {
      return renderedFilesOf(await callWithStream(call, messagesOf(message, files), { timeoutMs, signal }));
    } catch (error) {
      throw isTiphysError(error) ? error : fromServiceError(error, peer);
    }
  }

  async hasChanges(question: ChangesQuestion): Promise<boolean> {
    const { client, timeoutMs } = this.#channel;
    const call = client.hasChanges.bind(client);
    const request = {
      source: sourceToMessage(question),
      since: question.since,
      paths: [...question.paths],
    };
    return (await this.#calling(() => callUnary(call, request, { timeoutMs }))).changed;
  }

  async verifyRevision(source: RenderSource & { readonly revision: string }): Promise<readonly string[]> {
    const { client, timeoutMs } = this.#channel;
    const call = client.verifyRevision.bind(client);
    const request = { source: sourceToMessage(source) };
    return (await this.#calling(() => callUnary(call, request, { timeoutMs }))).problems;
  }

  async listRefs(
    repository: Repository,
  ): Promise<{ readonly branches: readonly string[]; readonly tags: readonly string[] }> {
    const { client, timeoutMs } = this.#channel;
    const request = { repository: repositoryToMessage(repository) };
    return await this.#calling(() => callUnary(client.listRefs.bind(client), request, { timeoutMs }));
  }

  async listPlugins(): Promise<readonly string[]> {
    const { client, timeoutMs } = this.#channel;
    const call = client.listPlugins.bind(client);
    return (await this.#calling(() => callUnary(call, {}, { timeoutMs }))).names;
  }

  async listCharts(repository: Repository): Promise<readonly ChartListing[]> {
    const { client, timeoutMs } = this.#channel;
    const request = { repository: repositoryToMessage(repository) };
    const call = client.listCharts.bind(client);
    return (await this.#calling(() => callUnary(call, request, { timeoutMs }))).charts;
  }

  async listApps(source: RenderSource): Promise<Readonly<Record<string, SourceType>>> {
    const { client, timeoutMs } = this.#channel;
    const request = { source: sourceToMessage(source) };
    const call = client.listApps.bind(client);
    return mapValues((await this.#calling(() => callUnary(call, request, { timeoutMs }))).apps, asSourceType);
  }

  async listDirectories(source: RenderSource): Promise<readonly string[]> {
    const { client, timeoutMs } = this.#channel;
    const request = { source: sourceToMessage(source) };
    const call = client.listDirectories.bind(client);
    return (await this.#calling(() => callUnary(call, request, { timeoutMs }))).directories;
  }

  async readFiles({
    patterns,
    doublestar,
    ...source
  }: FilesQuestion): Promise<Readonly<Record<string, string>>> {
    const { client, timeoutMs } = this.#channel;
    const request = { source: sourceToMessage(source), patterns: [...patterns], doublestar };
    const call = client.readFiles.bind(client);
    return (await this.#calling(() => callUnary(call, request, { timeoutMs }))).files;
  }

  async appDetails(request: DetailsRequest): Promise<AppDetails> {
    const { client, timeoutMs } = this.#channel;
    const call = client.getAppDetails.bind(client);
    const message = detailsRequestToMessage(request);
    return detailsFromMessage(await this.#calling(() => callUnary(call, message, { timeoutMs })));
  }

  async testRepository(repository: Repository): Promise<void> {
    const { client, timeoutMs } = this.#channel;
    const call = client.testRepository.bind(client);
    await this.#calling(() =>
      callUnary(call, { repository: repositoryToMessage(repository) }, { timeoutMs }),
    );
  }

  close(): void {
    this.#channel.close();
  }

  /** Sends the long lists of the cluster only once, and again when the server asks for them. */
  async #render(request: RenderRequest, signal: AbortSignalLike | undefined): Promise<RenderResponse> {
    const id = this.#digests.of(request);
    try {
      return await this.#send(toMessage(request, id, this.#told.has(id)), signal);
    } catch (error) {
      if (!hasTrailer(error, SEND_FACTS)) throw error;
      return await this.#send(toMessage(request, id, false), signal);
    } finally {
      this.#told.add(id);
    }
  }

  #send(message: RenderMessage, signal: AbortSignalLike | undefined): Promise<RenderResponse> {
    const { client, timeoutMs } = this.#channel;
    return callUnary(client.render.bind(client), message, { timeoutMs, signal });
  }

  /** All calls only read, so one that was cut off is made again once the server, or another replica, is there. */
  async #calling<T>(call: () => Promise<T>, signal?: AbortSignalLike): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await call();
      } catch (error) {
        const mayTry = tries < MAX_TRIES && signal?.aborted !== true && isConnectionLost(error);
        // A server that is about to end takes calls for a moment more.
        if (mayTry) await delay(PAUSE_MS);
        const again = mayTry && (await this.#channel.isBack());
        if (!again) throw fromServiceError(error, this.#channel.peer);
      }
    }
  }
}

function toMessage(request: RenderRequest, factsId: string, isKnown: boolean): RenderMessage {
  const facts = { kubeVersion: request.kubeVersion, apiVersions: [...request.apiVersions] };
  return {
    source: sourceToMessage(request),
    appName: request.appName,
    appNamespace: request.appNamespace,
    project: request.project,
    destinationNamespace: request.destinationNamespace,
    destinationServer: request.destinationServer,
    clusterFactsId: factsId,
    clusterFacts: isKnown ? undefined : facts,
    refSources: mapValues(request.refSources, sourceToMessage),
    helmRepositories: request.helmRepositories.map(repositoryToMessage),
    options: optionsToMessage(request.options),
    refreshRevision: request.refreshRevision,
    noCache: request.noCache,
    manifestGeneratePaths: request.manifestGeneratePaths ?? '',
  };
}
