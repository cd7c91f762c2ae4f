import { parseConfig } from '@tiphys/runtime/config';
import { createLogger } from '@tiphys/runtime/logging';
import { runService } from '@tiphys/runtime/shutdown';
import { configSpec, type PluginServerConfig } from './config.ts';
import { install } from './install.ts';
import { startServer } from './plugin-server.ts';

function readConfig(): PluginServerConfig {
  const outcome = parseConfig(configSpec, {
    program: 'tiphys-plugin-server',
    summary: 'runs a config-management plugin beside the repo-server.',
    argv: process.argv.slice(2),
    env: process.env,
  });
  if (outcome.type === 'config') return outcome.config;
  process.stdout.write(outcome.text);
  process.exit(0);
}

const config = readConfig();
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
