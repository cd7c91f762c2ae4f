import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { configOfProcess } from '@tiphys/runtime/config';
import { createLogger } from '@tiphys/runtime/logging';
import { runService } from '@tiphys/runtime/shutdown';
import { AppModule } from './app.module.ts';
import { configSpec } from './config.ts';
import { RepoServerProcess } from './repo-server.ts';

const config = configOfProcess(configSpec, {
  program: 'tiphys-repo-server',
  summary: 'reads repositories and renders what is in them.',
});
const logger = createLogger({ service: 'repo-server', level: config.loglevel, format: config.logformat });

await runService({
  logger,
  start: async () => {
    const context = await NestFactory.createApplicationContext(AppModule.with(config, logger), {
      logger: false,
      abortOnError: false,
    });
    const server = context.get(RepoServerProcess);
    await server.start();
    return {
      stop: async () => {
        await server.stop();
        await context.close();
      },
    };
  },
});
