import { lstat, rm } from 'node:fs/promises';
import {
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerReadableStream,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import {
  HealthCheckResponse_ServingStatus,
  HealthService,
  type HealthCheckRequest,
  type HealthCheckResponse,
} from '@tiphys/generated/grpc-health';
import {
  ConfigManagementPluginServiceService,
  type AppStreamRequest,
  type CheckPluginConfigurationResponse,
  type ConfigManagementPluginServiceServer,
} from '@tiphys/generated/plugin-protocol';
import { isTiphysError, messageOf, TiphysError, type ErrorCode } from '@tiphys/model';
import type { AbortSignalLike, PluginAnnouncement, PluginTraits } from '@tiphys/ports';
import { receiveApp, type ReceivedApp } from './receive.ts';

/** How a question is to be answered. */
export interface AnswerTerms {
  /** Epoch milliseconds by which the caller gives up; Infinity where it did not say. */
  readonly deadline: number;
  readonly signal: AbortSignalLike;
}

/** What stands behind a plugin's socket. */
export interface PluginHost {
  readonly traits: PluginTraits;
  generate(app: ReceivedApp, terms: AnswerTerms): Promise<readonly string[]>;
  matches(app: ReceivedApp, terms: AnswerTerms): Promise<boolean>;
  announcements(app: ReceivedApp, terms: AnswerTerms): Promise<readonly PluginAnnouncement[]>;
}

export interface PluginServerOptions {
  /** Path of the unix socket; one that an earlier process left is replaced. */
  readonly socket: string;
  readonly host: PluginHost;
  /** Bytes of an archive as it is sent. Default 256 MiB. */
  readonly maxArchiveBytes?: number;
  /** Bytes of an answer. Default 100 MiB. */
  readonly maxAnswerBytes?: number;
  /** Told of each call that failed. */
  readonly onFailure?: (method: string, error: unknown) => void;
}

const DEFAULT_MAX_ARCHIVE = 256 * 1024 * 1024;
const DEFAULT_MAX_ANSWER = 100 * 1024 * 1024;
const MAX_DETAILS = 4_000;
/** Messages of a stream are small; its sum is bounded apart. */
const MAX_MESSAGE = 16 * 1024 * 1024;
/** Linux takes no longer ones. */
const MAX_SOCKET_PATH = 107;

const CODES: Partial<Readonly<Record<ErrorCode, status>>> = {
  invalid: status.INVALID_ARGUMENT,
  deadline: status.DEADLINE_EXCEEDED,
  canceled: status.CANCELLED,
  'resource-exhausted': status.RESOURCE_EXHAUSTED,
  'failed-precondition': status.FAILED_PRECONDITION,
  'not-found': status.NOT_FOUND,
};

/** Serves the plugin protocol and the health service on a unix socket. */
export async function startPluginServer(options: PluginServerOptions): Promise<{ close(): Promise<void> }> {
  const { socket, maxAnswerBytes = DEFAULT_MAX_ANSWER } = options;
  if (Buffer.byteLength(socket) > MAX_SOCKET_PATH) {
    throw new TiphysError('invalid', `the path of the socket ${socket} is longer than the system takes`);
  }
  await removeStale(socket);
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE,
    'grpc.max_send_message_length': maxAnswerBytes,
  });
  const health = new HealthStreams();
  server.addService(ConfigManagementPluginServiceService, serviceOf(options));
  server.addService(HealthService, health.service);
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
      error === null ? resolve() : reject(error),
    );
  });
  return {
    close: async () => {
      health.end();
      await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      await rm(socket, { force: true });
    },
  };
}

async function removeStale(socket: string): Promise<void> {
  const found = await lstat(socket).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) throw new TiphysError('failed-precondition', `${socket} exists and is no socket`);
  await rm(socket, { force: true });
}

type Stream<T> = ServerReadableStream<AppStreamRequest, T>;

function serviceOf(options: PluginServerOptions): ConfigManagementPluginServiceServer {
  const { host, maxArchiveBytes = DEFAULT_MAX_ARCHIVE } = options;
  const streamed =
    <T>(method: string, answer: (app: ReceivedApp, terms: AnswerTerms) => Promise<T>) =>
    (call: Stream<T>, reply: sendUnaryData<T>): void => {
      const abort = new AbortController();
      call.once('cancelled', () => abort.abort());
      const deadline = Number(call.getDeadline());
      receiveApp(call, maxArchiveBytes)
        .then((app) => answer(app, { deadline, signal: abort.signal }))
        .then(
          (response) => reply(null, response),
          (error: unknown) => {
            options.onFailure?.(method, error);
            reply(failure(error));
          },
        );
    };
  return {
    generateManifest: streamed('GenerateManifest', async (app, terms) => ({
      manifests: [...(await host.generate(app, terms))],
      sourceType: '',
    })),
    matchRepository: streamed('MatchRepository', async (app, terms) => ({
      isSupported: await host.matches(app, terms),
      isDiscoveryEnabled: host.traits.discovers,
    })),
    getParametersAnnouncement: streamed('GetParametersAnnouncement', async (app, terms) => ({
      parameterAnnouncements: (await host.announcements(app, terms)).map((one) => ({
        ...one,
        array: [...one.array],
        map: { ...one.map },
      })),
    })),
    checkPluginConfiguration: (_call: unknown, reply: sendUnaryData<CheckPluginConfigurationResponse>) =>
      reply(null, {
        isDiscoveryConfigured: host.traits.discovers,
        provideGitCreds: host.traits.wantsGitCredentials,
      }),
  };
}

function failure(error: unknown): { readonly code: status; readonly details: string } {
  const text = messageOf(error);
  const details = text.length <= MAX_DETAILS ? text : `${text.slice(0, MAX_DETAILS)} …`;
  if (!isTiphysError(error)) return { code: status.INTERNAL, details: 'internal error of the plugin server' };
  return { code: CODES[error.code] ?? status.UNKNOWN, details };
}

type Watcher = ServerWritableStream<HealthCheckRequest, HealthCheckResponse>;

/** The health service: what runs serves. */
class HealthStreams {
  readonly #watchers = new Set<Watcher>();

  readonly service = {
    check: (
      call: { readonly request: HealthCheckRequest },
      reply: sendUnaryData<HealthCheckResponse>,
    ): void => {
      if (isKnown(call.request)) reply(null, { status: HealthCheckResponse_ServingStatus.SERVING });
      else reply({ code: status.NOT_FOUND, details: `no service is called ${call.request.service}` });
    },
    watch: (call: Watcher): void => {
      const { SERVING, SERVICE_UNKNOWN } = HealthCheckResponse_ServingStatus;
      call.write({ status: isKnown(call.request) ? SERVING : SERVICE_UNKNOWN });
      this.#watchers.add(call);
      call.once('cancelled', () => this.#watchers.delete(call));
    },
  };

  end(): void {
    for (const watcher of this.#watchers) {
      watcher.write({ status: HealthCheckResponse_ServingStatus.NOT_SERVING });
      watcher.end();
    }
    this.#watchers.clear();
  }
}

const isKnown = ({ service }: HealthCheckRequest): boolean =>
  service === '' || service === 'plugin.ConfigManagementPluginService';
