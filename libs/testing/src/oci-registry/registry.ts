import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hash } from 'bcryptjs';
import { dumpYaml } from '@tiphys/yaml';
import { resolveTool } from '@tiphys/toolchain';
import { freePort, privateFolder, startProcess, waitReady } from '../processes/index.ts';
import { pushArtifact, type Artifact } from './push.ts';

export interface OciRegistryOptions {
  /** Login that every request must carry. */
  readonly username?: string;
  readonly password?: string;
  /** Port to listen on. Default a free one. */
  readonly port?: number;
}

/** A real registry over plain HTTP on the loopback, with its storage in a directory of its own. */
export interface OciRegistry {
  /** `http://127.0.0.1:12345` */
  readonly url: string;
  /** `127.0.0.1:12345` */
  readonly host: string;
  /** Uploads an artifact; the digest of its manifest. */
  push(artifact: Artifact): Promise<string>;
  stop(): Promise<void>;
}

const LOW_COST = 4;

/** Starts an empty registry. */
export async function startOciRegistry(options: OciRegistryOptions = {}): Promise<OciRegistry> {
  const program = await resolveTool('registry');
  const folder = await privateFolder('registry');
  const host = `127.0.0.1:${String(options.port ?? (await freePort()))}`;
  const url = `http://${host}`;
  const config = join(folder.path, 'config.yaml');
  await writeFile(config, dumpYaml(await configOf(folder.path, host, options)));
  const server = startProcess({
    name: 'registry',
    program,
    args: ['serve', config],
    env: { OTEL_TRACES_EXPORTER: 'none' },
    logFile: join(folder.path, 'registry.log'),
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    await folder.remove();
  };
  try {
    await waitReady(server, async () => [200, 401].includes((await fetch(`${url}/v2/`)).status));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    host,
    stop,
    push: (artifact) => pushArtifact({ url, authorization: loginOf(options) }, artifact),
  };
}

async function configOf(
  directory: string,
  host: string,
  { username, password }: OciRegistryOptions,
): Promise<Record<string, never>> {
  const users = join(directory, 'htpasswd');
  if (username !== undefined) await writeFile(users, `${username}:${await hash(password ?? '', LOW_COST)}\n`);
  const config = {
    version: '0.1',
    log: { level: 'warn' },
    storage: { filesystem: { rootdirectory: join(directory, 'data') } },
    http: { addr: host, secret: 'of no use' },
    ...(username !== undefined && { auth: { htpasswd: { realm: 'registry', path: users } } }),
  };
  return config as unknown as Record<string, never>;
}

function loginOf({ username, password }: OciRegistryOptions): string | undefined {
  if (username === undefined) return undefined;
  return `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;
}
