import { join } from 'node:path';
import { resolveTool } from '@tiphys/toolchain';
import { freePort, privateFolder, startProcess, waitReady } from '../processes/index.ts';
import { command } from './protocol.ts';

export interface RedisOptions {
  /** Requires this password of clients; default none. */
  readonly password?: string;
  /** Megabytes after which keys are evicted (allkeys-lru); default: no limit, noeviction. */
  readonly maxMemoryMb?: number;
}

export interface RedisServer {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Removes every key of every database. */
  flushAll(): Promise<void>;
  /** Freezes the server until `resume`: connections stay open and nothing is answered. */
  pause(): void;
  resume(): void;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again, empty, on the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a real redis-server on a free loopback port, without persistence.
 *
 * @throws ToolchainError naming the Debian package when redis-server is missing.
 */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const program = await resolveTool('redis-server');
  const folder = await privateFolder('redis');
  const port = await freePort();
  const start = (): Promise<ReturnType<typeof startProcess>> =>
    launch({ program, folder: folder.path, port, options });
  let server = await start();
  const auth = options.password === undefined ? '' : `:${encodeURIComponent(options.password)}@`;
  const kill = async (): Promise<void> => {
    server.signal('SIGKILL');
    await server.exited;
  };
  return {
    url: `redis://${auth}127.0.0.1:${port}`,
    host: '127.0.0.1',
    port,
    flushAll: async () => void (await command(port, options.password, ['FLUSHALL'])),
    pause: () => server.signal('SIGSTOP'),
    resume: () => server.signal('SIGCONT'),
    kill,
    restart: async () => {
      await kill();
      server = await start();
    },
    stop: async () => {
      await kill();
      await folder.remove();
    },
  };
}

interface Launch {
  readonly program: string;
  readonly folder: string;
  readonly port: number;
  readonly options: RedisOptions;
}

async function launch({ program, folder, port, options }: Launch): Promise<ReturnType<typeof startProcess>> {
  const memory = options.maxMemoryMb;
  const server = startProcess({
    name: 'redis-server',
    program,
    args: [
      ...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder],
      ...['--save', '', '--appendonly', 'no', '--daemonize', 'no'],
      ...(options.password === undefined ? [] : ['--requirepass', options.password]),
      ...(memory === undefined ? [] : ['--maxmemory', `${memory}mb`, '--maxmemory-policy', 'allkeys-lru']),
    ],
    cwd: folder,
    logFile: join(folder, 'redis.log'),
  });
  await waitReady(server, async () => (await command(port, options.password, ['PING'])) === '+PONG');
  return server;
}
