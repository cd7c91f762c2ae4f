import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { configOfProcess } from '@tiphys/runtime/config';
import { createLogger } from '@tiphys/runtime/logging';
import { runService } from '@tiphys/runtime/shutdown';
import { AppModule } from './app.module.ts';
import { configSpec } from './config.ts';
import { Notifications } from './notifications.ts';

const config = configOfProcess(configSpec, {
  program: 'tiphys-notifications',
  summary: 'tells people and systems what happens to Applications.',
});
const logger = createLogger({ service: 'notifications', level: config.loglevel, format: config.logformat });

await runService({
  logger,
  start: async () => {
    const context = await NestFactory.createApplicationContext(AppModule.with(config, logger), {
      logger: false,
      abortOnError: false,
    });
    const notifications = context.get(Notifications);
    await notifications.start();
    return {
      stop: async () => {
        await notifications.stop();
        await context.close();
      },
    };
  },
});
