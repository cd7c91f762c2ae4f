import { configOfProcess } from '@tiphys/runtime/config';
import { createLogger } from '@tiphys/runtime/logging';
import { runService } from '@tiphys/runtime/shutdown';
import { configSpec } from './config.ts';
import { install } from './install.ts';
import { startServer } from './plugin-server.ts';

const config = configOfProcess(configSpec, {
  program: 'tiphys-plugin-server',
  summary: 'runs a config-management plugin beside the repo-server.',
});
const logger = createLogger({ service: 'plugin-server', level: config.loglevel, format: config.logformat });

/** The environment of the container is the plugin's own: what its image and pod spec set, its commands see. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
);

if (config.installTo === undefined) {
  await runService({ logger, start: () => startServer(config, logger, environment) });
} else {
  await install(config.installTo, { node: process.execPath, bundle: process.argv[1] ?? '' });
}
