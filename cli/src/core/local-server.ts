import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Env } from '../program/globals.ts';
import { exitCodes, Failure } from '../program/failure.ts';
import type { ServerProgram } from './program.ts';

export interface LocalServer {
  /** On 127.0.0.1, in plaintext. */
  readonly port: number;
  readonly token: string;
  stop(): Promise<void>;
}

export interface LocalServerOptions {
  readonly program: ServerProgram;
  readonly flags: readonly string[];
  readonly env: Env;
  /** Secrets for the environment of the server alone. */
  readonly secrets: Readonly<Record<string, string>>;
}

const START_MS = 60_000;
const STOP_MS = 5_000;

/**
 * Starts an api-server for this user alone: on a free loopback port, with a token that nobody else knows and that ends
 * with it. The token goes through its standard input, and the server ends when that does, however this process ends.
 */
export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const token = ['local', randomBytes(24).toString('hex'), randomBytes(24).toString('hex')].join('.');
  const { command, args } = options.program;
  const child = spawn(
    command,
    [
      ...args,
      ...['--local-user', '--insecure', '--address', '127.0.0.1', '--port', '0'],
      ...['--metrics-address', '127.0.0.1', '--metrics-port', '0', '--logformat', 'json'],
      ...options.flags,
    ],
    { stdio: ['pipe', 'pipe', 'pipe'], env: { ...withoutSettings(options.env), ...options.secrets } },
  );
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${token}\n`);
  const stop = (): Promise<void> => end(child);
  try {
    return { port: await portOf(child), token, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Settings of servers that happen to be in the user's environment are not meant for this one. */
const withoutSettings = (env: Env): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^(ARGOCD|TIPHYS|REDIS)_/.test(name)));

interface LogLine {
  readonly message: string;
  readonly port?: number;
}

function portOf(child: ChildProcess): Promise<number> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      clearTimeout(timer);
      reject(
        new Failure(`The local server did not start: ${[why, ...said.slice(-3)].join('\n  ')}`, {
          exitCode: exitCodes.general,
        }),
      );
    };
    const timer = setTimeout(() => {
      fail(`nothing was served after ${String(START_MS / 1_000)} s`);
    }, START_MS);
    const onLine = (text: string): void => {
      const { message, port } = readLine(text);
      if (message !== 'serving' || port === undefined) {
        said.push(message);
        return;
      }
      clearTimeout(timer);
      resolve(port);
    };
    for (const stream of [child.stdout, child.stderr])
      if (stream !== null) createInterface({ input: stream }).on('line', onLine);
    child.once('error', (error) => {
      fail(error.message);
    });
    child.once('close', (code, signal) => {
      fail(`it ended with ${String(code ?? signal)}`);
    });
  });
}

function readLine(text: string): LogLine {
  try {
    const line = JSON.parse(text) as {
      readonly msg?: string;
      readonly port?: number;
      readonly error?: { readonly message?: string };
    };
    const error = line.error?.message;
    const message = `${line.msg ?? ''}${error === undefined ? '' : `: ${error}`}`;
    return { message, ...(typeof line.port === 'number' ? { port: line.port } : {}) };
  } catch {
    return { message: text };
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.stdin?.end();
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(timer);
}
