import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigPlugin, ConfigPlugins } from '@tiphys/ports';
import { PluginClient } from './client.ts';

const ENDING = '.sock';
/** Names of plugins and versions; never a way out of the folder. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]*$/;

export interface PluginFolderOptions {
  /** Where sidecars put their sockets. */
  readonly folder: string;
  /** Bytes of one answer. Default 100 MiB. */
  readonly maxAnswerBytes?: number;
}

/** The plugins whose sockets are in a folder. One that does not exist holds none. */
export function pluginsIn(options: PluginFolderOptions): ConfigPlugins {
  const open = (name: string): ConfigPlugin =>
    new PluginClient({ ...options, name, socket: join(options.folder, `${name}${ENDING}`) });
  const names = async (): Promise<readonly string[]> => {
    const entries = await readdir(options.folder, { withFileTypes: true }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    });
    return entries
      .filter((entry) => entry.isSocket() && entry.name.endsWith(ENDING))
      .map((entry) => entry.name.slice(0, -ENDING.length))
      .filter((name) => NAME.test(name))
      .sort();
  };
  return {
    list: async () => (await names()).map(open),
    find: async (name) => ((await names()).includes(name) ? open(name) : undefined),
  };
}
