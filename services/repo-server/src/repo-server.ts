import {
  repoServerBinding,
  startInternalServer,
  type InternalServer,
  type RepoServerBackend,
} from '@tiphys/adapter-grpc';
import type { Logger } from '@tiphys/ports';
import type { Registry } from '@tiphys/runtime/metrics';
import { startProbes, type ProbeServer } from '@tiphys/runtime/probes';
import type { RepoServerConfig } from './config.ts';
import type { RepoMetrics } from './metrics/repo-metrics.ts';

export interface RepoServerParts {
  readonly config: RepoServerConfig;
  readonly logger: Logger;
  readonly backend: RepoServerBackend;
  readonly metrics: RepoMetrics;
  readonly registry: Registry;
}

/** The running server: gRPC, probes and metrics. */
export class RepoServerProcess {
  readonly #parts: RepoServerParts;
  #server: InternalServer | undefined;
  #probes: ProbeServer | undefined;

  constructor(parts: RepoServerParts) {
    this.#parts = parts;
  }

  /** Starts listening; the ports are those that were really taken. */
  async start(): Promise<{ readonly port: number; readonly metricsPort: number }> {
    const { config, logger, backend, metrics, registry } = this.#parts;
    this.#server = await startInternalServer({
      address: config.address,
      port: config.port,
      services: [repoServerBinding(backend)],
      onCall: (event) => metrics.call(event),
      ...(config.internalTlsDir === undefined ? {} : { tlsDirectory: config.internalTlsDir }),
    });
    this.#probes = await startProbes({
      port: config.metricsPort,
      address: config.metricsAddress,
      metrics: registry,
      notReady: () => (this.#server === undefined ? ['grpc'] : []),
    });
    const ports = { port: this.#server.port, metricsPort: this.#probes.port };
    if (this.#server.isPlaintext) {
      logger.warn('serving without TLS on loopback: any local process may call this service');
    }
    logger.info('repo-server is listening', { address: config.address, ...ports });
    return ports;
  }

  /** Lets running calls end. */
  async stop(): Promise<void> {
    await this.#server?.close();
    this.#server = undefined;
    await this.#probes?.close();
  }
}
