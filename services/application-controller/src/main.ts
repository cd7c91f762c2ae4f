import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { configOfProcess } from '@tiphys/runtime/config';
import { createLogger } from '@tiphys/runtime/logging';
import { runService } from '@tiphys/runtime/shutdown';
import { AppModule } from './app.module.ts';
import { ApplicationController } from './application-controller.ts';
import { configSpec } from './config.ts';

const config = configOfProcess(configSpec, {
  program: 'tiphys-application-controller',
  summary: 'compares git with clusters and makes them agree.',
});
const logger = createLogger({
  service: 'application-controller',
  level: config.loglevel,
  format: config.logformat,
});

await runService({
  logger,
  start: async () => {
    const context = await NestFactory.createApplicationContext(AppModule.with(config, logger), {
      logger: false,
      abortOnError: false,
    });
    const running = await context.get(ApplicationController).start();
    return {
      stop: async () => {
        await running.stop();
        await context.close();
      },
    };
  },
});
