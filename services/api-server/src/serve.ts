import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { createLogger } from '@tiphys/runtime/logging';
import { createMetrics } from '@tiphys/runtime/metrics';
import type { Registry } from '@tiphys/runtime/metrics';
import { startProbes } from '@tiphys/runtime/probes';
import { runService } from '@tiphys/runtime/shutdown';
import { ApiServer } from './api-server.ts';
import { AppModule } from './app.module.ts';
import { localUserOf } from './auth/local-input.ts';
import { parseApiServerConfig } from './config.ts';
import type { ApiServerConfig } from './config.ts';
import { ServerMetrics } from './metrics/server-metrics.ts';
import { API_VERSION_TEXT } from './version/version-service.ts';

/** Parses the configuration, builds the server and serves until the process is told to end. */
export async function serve(argv: readonly string[], passwordProgram: URL): Promise<void> {
  const outcome = parseApiServerConfig(argv, process.env);
  if (outcome.type === 'help') {
    process.stdout.write(outcome.text);
    return;
  }
  const { config } = outcome;
  const local = config.localUser ? await localUserOf(config) : undefined;
  const logger = createLogger({ service: 'api-server', level: config.loglevel, format: config.logformat });
  await runService({
    logger,
    start: async () => {
      const metrics = new ServerMetrics(createMetrics(), {
        version: API_VERSION_TEXT,
        callTimes: config.enableGrpcTimeHistogram,
      });
      const context = await NestFactory.createApplicationContext(
        AppModule.with({ config, logger, passwordProgram, metrics, localToken: local?.token }),
        { logger: false, abortOnError: false },
      );
      const server = context.get(ApiServer);
      const probes = await probesOf(config, server, metrics.registry);
      const port = await server.start();
      local?.onEnd(() => process.emit('SIGTERM', 'SIGTERM'));
      logger.info('serving', { port, tls: !config.insecure, metricsPort: probes.port });
      return {
        stop: async () => {
          await probes.close();
          await context.close();
        },
      };
    },
  });
}

const probesOf = (
  config: ApiServerConfig,
  server: ApiServer,
  metrics: Registry,
): ReturnType<typeof startProbes> =>
  startProbes({
    port: config.metricsPort,
    address: config.metricsAddress,
    metrics,
    notReady: () => server.notReady(),
  });
