import { NestFactory } from '@nestjs/core';
import { createRepoServerClient, type RepoServerClient } from '@tiphys/adapter-grpc';
import type { ApplicationSource, Repository } from '@tiphys/model';
import type { RenderRequest } from '@tiphys/ports';
import { parseConfig } from '@tiphys/runtime/config';
import { createLogger } from '@tiphys/runtime/logging';
import { AppModule } from '../app.module.ts';
import { configSpec } from '../config.ts';
import { RepoServerProcess } from '../repo-server.ts';

export interface RunningRepoServer {
  readonly client: RepoServerClient;
  readonly metricsUrl: string;
  close(): Promise<void>;
}

/** The whole service in this process, reached over its real gRPC port. For specs. */
export async function startRepoServer(flags: readonly string[] = []): Promise<RunningRepoServer> {
  const outcome = parseConfig(configSpec, {
    program: 'tiphys-repo-server',
    summary: '',
    argv: ['--address=127.0.0.1', '--port=0', '--metrics-address=127.0.0.1', '--metrics-port=0', ...flags],
    env: { REDIS_SERVER: '', PATH: process.env['PATH'] },
  });
  if (outcome.type !== 'config') throw new Error('no config');
  const logger = createLogger({ service: 'repo-server', level: 'error' });
  const context = await NestFactory.createApplicationContext(AppModule.with(outcome.config, logger), {
    logger: false,
    abortOnError: false,
  });
  const server = context.get(RepoServerProcess);
  const { port, metricsPort } = await server.start();
  const { internalTlsDir } = outcome.config;
  const client = await createRepoServerClient({
    address: `127.0.0.1:${port}`,
    ...(internalTlsDir === undefined ? {} : { tlsDirectory: internalTlsDir }),
  });
  return {
    client,
    metricsUrl: `http://127.0.0.1:${metricsPort}`,
    close: async () => {
      client.close();
      await server.stop();
      await context.close();
    },
  };
}

/** A request with everything that specs do not care about filled in. */
export function renderRequest(
  url: string,
  source: Partial<ApplicationSource> = {},
  rest: Partial<Omit<RenderRequest, 'source'>> = {},
): RenderRequest {
  const repository: Repository = { url, type: 'git' };
  return {
    source: { repoURL: url, targetRevision: 'HEAD', ...source },
    repository,
    appName: 'demo',
    appNamespace: 'argocd',
    project: 'default',
    destinationNamespace: 'default',
    destinationServer: 'https://kubernetes.default.svc',
    kubeVersion: '1.36.3',
    apiVersions: ['apps/v1', 'v1'],
    refSources: {},
    helmRepositories: [],
    options: {},
    refreshRevision: false,
    noCache: false,
    ...rest,
  };
}
