import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { startProcess, type ManagedProcess } from '../processes/index.ts';

/** A running service. */
export interface Service {
  readonly process: ManagedProcess;
  metrics(): Promise<string>;
  /** Status of `/healthz`. */
  health(): Promise<number>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** The service as the image has it: one bundle, with the decorators compiled. */
export async function bundleService(folder: string): Promise<string> {
  const build = await rolldown({
    input: resolve(
      import.meta.dirname,
      '..',
      '..',
      '..',
      '..',
      'services',
      'notifications',
      'src',
      'main.ts',
    ),
    platform: 'node',
    external: (id) =>
      isBuiltin(id) || /^(@nestjs\/(microservices|websockets|platform-)|class-|msgpackr-extract)/.test(id),
    tsconfig: false,
    transform: { target: 'node24', decorator: { legacy: true, emitDecoratorMetadata: true } },
    onLog: () => undefined,
  });
  const file = join(folder, 'notifications.mjs');
  const banner =
    "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";
  await build.write({ file, format: 'esm', codeSplitting: false, banner });
  await build.close();
  return file;
}

export interface Launch {
  readonly kubeconfig: string;
  readonly cacheKey: string;
  readonly program: string;
  readonly redis: { readonly host: string; readonly port: number };
  readonly goWasm: string;
  readonly namespace: string;
  readonly logFile: string;
  readonly index: number;
}

/** Starts the service as a process; it prints to the log file. */
export function launchService({
  kubeconfig,
  cacheKey,
  program,
  redis,
  goWasm,
  namespace,
  logFile,
  index,
}: Launch): Service {
  const child = startProcess({
    name: `notifications ${index}`,
    program: process.execPath,
    args: [
      ...[program, '--namespace', namespace, '--address', '127.0.0.1', '--metrics-port', '0'],
      ...['--redis', `${redis.host}:${redis.port}`, '--cache-key-file', cacheKey, '--go-wasm', goWasm],
      ...['--delivery-lock', '1s', '--loglevel', 'debug'],
    ],
    env: { KUBECONFIG: kubeconfig },
    logFile,
  });
  const url = async (): Promise<string> => {
    const lines = readFileSync(logFile, 'utf8').split('\n');
    const started = lines.filter(
      (line) => line.includes('"msg":"listening"') && line.includes(`"pid":${child.pid}`),
    );
    const { port } = JSON.parse(started[0] ?? '{"port":0}') as { readonly port: number };
    return Promise.resolve(`http://127.0.0.1:${port}`);
  };
  const ended = async (signal: NodeJS.Signals): Promise<void> => {
    child.signal(signal);
    await child.exited;
  };
  return {
    process: child,
    metrics: async () => (await fetch(`${await url()}/metrics`)).text(),
    health: async () => (await fetch(`${await url()}/healthz`)).status,
    stop: () => ended('SIGTERM'),
    kill: () => ended('SIGKILL'),
  };
}
