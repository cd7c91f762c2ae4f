import { Metadata, credentials, type ClientWritableStream, type ServiceError } from '@grpc/grpc-js';
import {
  HealthCheckResponse_ServingStatus,
  HealthClient,
  type HealthCheckResponse,
} from '@tiphys/generated/grpc-health';
import {
  ConfigManagementPluginServiceClient,
  type AppStreamRequest,
  type CheckPluginConfigurationResponse,
  type ManifestResponse,
  type ParametersAnnouncementResponse,
  type RepositoryResponse,
} from '@tiphys/generated/plugin-protocol';
import type { ConfigPlugin, PluginAnnouncement, PluginCall, PluginTraits } from '@tiphys/ports';
import { pluginFailure } from './status.ts';
import { sendFiles } from './stream.ts';

const ASK_TIMEOUT_MS = 10_000;
const HEALTH_TIMEOUT_MS = 2_000;

export interface PluginClientOptions {
  /** Path of the unix socket. */
  readonly socket: string;
  /** `<name>`, or `<name>-<version>`. */
  readonly name: string;
  /** Bytes of one answer. Default 100 MiB. */
  readonly maxAnswerBytes?: number;
}

type Answer<T> = (error: ServiceError | null, response: T) => void;
type Open<T> = (
  client: ConfigManagementPluginServiceClient,
  options: { readonly deadline: number },
  answer: Answer<T>,
) => ClientWritableStream<AppStreamRequest>;

const DEFAULT_MAX_ANSWER = 100 * 1024 * 1024;

/** A plugin behind a socket. Each question has a connection of its own: a sidecar may have been replaced meanwhile. */
export class PluginClient implements ConfigPlugin {
  readonly name: string;
  readonly #options: PluginClientOptions;

  constructor(options: PluginClientOptions) {
    this.name = options.name;
    this.#options = options;
  }

  async traits(): Promise<PluginTraits> {
    const client = this.#connect();
    try {
      const answer = await new Promise<CheckPluginConfigurationResponse>((resolve, reject) => {
        const deadline = Date.now() + ASK_TIMEOUT_MS;
        client.checkPluginConfiguration({}, new Metadata(), { deadline }, (error, response) =>
          error === null ? resolve(response) : reject(error),
        );
      });
      return { discovers: answer.isDiscoveryConfigured, wantsGitCredentials: answer.provideGitCreds };
    } catch (error) {
      throw pluginFailure(error, this.name);
    } finally {
      client.close();
    }
  }

  async matches(call: PluginCall): Promise<boolean> {
    const answer = await this.#stream<RepositoryResponse>(call, (client, options, done) =>
      client.matchRepository(new Metadata(), options, done),
    );
    return answer.isSupported;
  }

  async generate(call: PluginCall): Promise<readonly string[]> {
    const answer = await this.#stream<ManifestResponse>(call, (client, options, done) =>
      client.generateManifest(new Metadata(), options, done),
    );
    return answer.manifests;
  }

  async announcements(call: PluginCall): Promise<readonly PluginAnnouncement[]> {
    const answer = await this.#stream<ParametersAnnouncementResponse>(call, (client, options, done) =>
      client.getParametersAnnouncement(new Metadata(), options, done),
    );
    return answer.parameterAnnouncements;
  }

  async isServing(): Promise<boolean> {
    const health = new HealthClient(`unix:${this.#options.socket}`, credentials.createInsecure());
    try {
      const answer = await new Promise<HealthCheckResponse>((resolve, reject) => {
        const deadline = Date.now() + HEALTH_TIMEOUT_MS;
        health.check({ service: '' }, new Metadata(), { deadline }, (error, response) =>
          error === null ? resolve(response) : reject(error),
        );
      });
      return answer.status === HealthCheckResponse_ServingStatus.SERVING;
    } catch {
      return false;
    } finally {
      health.close();
    }
  }

  #connect(): ConfigManagementPluginServiceClient {
    const { socket, maxAnswerBytes = DEFAULT_MAX_ANSWER } = this.#options;
    return new ConfigManagementPluginServiceClient(`unix:${socket}`, credentials.createInsecure(), {
      'grpc.max_receive_message_length': maxAnswerBytes,
      'grpc.default_authority': 'localhost',
    });
  }

  async #stream<T>(call: PluginCall, open: Open<T>): Promise<T> {
    const client = this.#connect();
    const ended = new AbortController();
    try {
      return await new Promise<T>((resolve, reject) => {
        const stream = open(client, { deadline: Date.now() + call.timeoutMs }, (error, response) => {
          ended.abort();
          if (error === null) resolve(response);
          else reject(error);
        });
        const cancel = (): void => stream.cancel();
        call.signal?.addEventListener('abort', cancel);
        ended.signal.addEventListener('abort', () => call.signal?.removeEventListener('abort', cancel));
        if (call.signal?.aborted === true) cancel();
        // What cuts the stream off comes with the answer.
        stream.on('error', () => undefined);
        sendFiles(stream, call, ended.signal).catch((error: unknown) => {
          stream.cancel();
          reject(error instanceof Error ? error : new Error(String(error)));
        });
      });
    } catch (error) {
      throw pluginFailure(error, this.name, call.secrets);
    } finally {
      client.close();
    }
  }
}
