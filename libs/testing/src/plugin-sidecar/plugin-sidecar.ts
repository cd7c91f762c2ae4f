import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { TiphysError } from '@tiphys/model';
import { poll, privateFolder, startProcess, type ManagedProcess } from '../processes/index.ts';

const SERVER = resolve(import.meta.dirname, '../../../../services/plugin-server/src/main.ts');

export interface PluginSidecarOptions {
  /** `metadata.name` of its plugin.yaml. */
  readonly name: string;
  readonly spec: { readonly version?: string } & Readonly<Record<string, unknown>>;
  /** Where sockets are; default: a folder of its own. */
  readonly sockets?: string;
  /** Environment of the container. */
  readonly env?: Readonly<Record<string, string>>;
  /** Another program that serves the same protocol. */
  readonly program?: string;
}

/** A plugin server that runs as it does in a sidecar. */
export interface PluginSidecar {
  readonly sockets: string;
  /** Where the files of its requests are. */
  readonly workDir: string;
  readonly process: ManagedProcess;
  close(): Promise<void>;
}

/** Starts a plugin server as a process of its own and waits for its socket; the error tells why there is none. */
export async function startPluginSidecar(options: PluginSidecarOptions): Promise<PluginSidecar> {
  const { name, spec, env = {}, program } = options;
  const folder = await privateFolder('plugin');
  const config = join(folder.path, 'c');
  const workDir = join(folder.path, 'w');
  const sockets = options.sockets ?? join(folder.path, 's');
  await Promise.all([config, workDir, sockets].map((path) => mkdir(path, { recursive: true })));
  const kind = { apiVersion: 'argoproj.io/v1alpha1', kind: 'ConfigManagementPlugin' };
  await writeFile(join(config, 'plugin.yaml'), JSON.stringify({ ...kind, metadata: { name }, spec }));
  const socket = join(sockets, `${spec.version === undefined ? name : `${name}-${spec.version}`}.sock`);
  const before = await madeAt(socket);
  const server = startProcess({
    name: `plugin ${name}`,
    program: program ?? process.execPath,
    args: [...(program === undefined ? [SERVER] : []), '--config-dir-path', config],
    env: {
      PATH: '/usr/bin:/bin',
      HOME: folder.path,
      ARGOCD_PLUGINSOCKFILEPATH: sockets,
      ARGOCD_CMP_WORKDIR: workDir,
      ...env,
    },
    cwd: folder.path,
    logFile: join(folder.path, 'log'),
  });
  const close = async (): Promise<void> => {
    await server.stop(5_000);
    await folder.remove();
  };
  const hasSocket = async (): Promise<boolean> => ![0, before].includes(await madeAt(socket));
  await poll(async () => !server.isRunning() || (await hasSocket()), {
    what: `the plugin server of ${name} listens`,
    timeoutMs: 30_000,
  });
  if (server.isRunning()) return { sockets, workDir, process: server, close };
  const log = server.logTail(20);
  await close();
  throw new TiphysError('unavailable', `the plugin server of ${name} ended: ${log}`);
}

/** When a socket was made: one that was killed leaves its own. */
const madeAt = (socket: string): Promise<number> =>
  stat(socket).then(
    (found) => (found.isSocket() ? found.ctimeMs : 0),
    () => 0,
  );
