import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createTarUnpacker } from '@tiphys/adapter-archive';
import { startPluginServer } from '@tiphys/adapter-plugin';
import { createProcessRunner } from '@tiphys/adapter-process';
import { createRepoFiles } from '@tiphys/adapter-repo-files';
import type { Logger } from '@tiphys/ports';
import { systemClock } from '@tiphys/runtime/clock';
import type { PluginServerConfig } from './config.ts';
import { readPluginConfig, socketName } from './plugin-config.ts';
import { CommandPlugin } from './plugin-host.ts';

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const MIB = 1024 * 1024;

/** Reads plugin.yaml, and serves the plugin until it is stopped. */
export async function startServer(
  config: PluginServerConfig,
  logger: Logger,
  env: Readonly<Record<string, string>>,
): Promise<{ stop(): Promise<void> }> {
  const plugin = await readPluginConfig(config.configDirPath);
  const name = socketName(plugin);
  const workDir = join(config.workDir, `tiphys-plugin-server-${name}`);
  await emptyFolder(workDir);
  const runner = await createProcessRunner({
    path: env['PATH'] ?? DEFAULT_PATH,
    directory: join(workDir, 'homes'),
    keepsGivenHome: true,
  });
  await mkdir(config.socketDir, { recursive: true });
  const socket = join(config.socketDir, `${name}.sock`);
  const maxOutputBytes = config.maxOutputMb * MIB;
  const server = await startPluginServer({
    socket,
    maxAnswerBytes: maxOutputBytes,
    host: new CommandPlugin({
      config: plugin,
      files: createRepoFiles(),
      workspace: { workDir: join(workDir, 'apps'), unpacker: createTarUnpacker() },
      terms: {
        runner,
        clock: systemClock,
        timeoutMs: config.execTimeout,
        graceMs: config.execFatalTimeout,
        maxOutputBytes,
        env,
      },
    }),
    onFailure: (method, error) => logger.warn('request failed', { method, error }),
  });
  logger.info('plugin server is listening', { plugin: name, socket });
  return {
    stop: async () => {
      const closing = server.close();
      await runner.close();
      await closing;
      await rm(workDir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** What a killed process left of its requests goes first. */
async function emptyFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const left = await readdir(folder);
  await Promise.all(left.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}
