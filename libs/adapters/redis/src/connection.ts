import { Redis } from 'ioredis';
import type { ConnectionOptions } from 'node:tls';
import { TiphysError, messageOf } from '@tiphys/model';
import type { RedisEndpoint } from './address.ts';
import { createBreaker } from './breaker.ts';
import { rateLimited, type FailureListener } from './failures.ts';

export interface RedisConnectionOptions {
  readonly endpoint: RedisEndpoint;
  /** Shown by `CLIENT LIST`; default `tiphys`. */
  readonly name?: string;
  /** Longest wait for one answer, in milliseconds; default 500. */
  readonly timeoutMs?: number;
  /** Told at most once in `reportEveryMs` while Redis cannot be used. */
  readonly onFailure?: FailureListener;
  /** Default 30,000 ms. */
  readonly reportEveryMs?: number;
  /** Told of each command when it ended. */
  readonly onCommand?: (event: RedisCommandEvent) => void;
}

export interface RedisCommandEvent {
  readonly command: string;
  readonly failed: boolean;
  readonly seconds: number;
}

/** A connection that never makes a caller wait longer than its timeout and comes back by itself. */
export interface RedisConnection {
  readonly client: Redis;
  /** True while commands can be sent. */
  readonly ready: boolean;
  /** Resolves to true as soon as Redis is usable, to false after `timeoutMs`. */
  whenReady(timeoutMs: number): Promise<boolean>;
  /** Runs one command; rejects with `unavailable` when Redis is away, slow or refuses. */
  run<T>(command: (client: Redis) => Promise<T>): Promise<T>;
  /** Like `run`, but gives `fallback` and reports instead of rejecting. */
  attempt<T>(command: (client: Redis) => Promise<T>, fallback: T): Promise<T>;
  /** A second connection with the same settings, for subscriptions. */
  duplicate(): RedisConnection;
  close(): Promise<void>;
}

/** Connects in the background with jittered backoff (50 ms to 5 s); the first command may come before Redis is there. */
export function connectRedis(options: RedisConnectionOptions): RedisConnection {
  const client = createClient(options);
  const breaker = createBreaker();
  const report = rateLimited(options.onFailure, options.reportEveryMs ?? 30_000);
  client.on('error', (error: Error) => report('Redis connection failed', error));

  const run = async <T>(command: (client: Redis) => Promise<T>): Promise<T> => {
    if (client.status !== 'ready') throw unavailable(`not connected (${client.status})`);
    if (breaker.open) throw unavailable('the last commands were not answered in time');
    try {
      const result = await command(client);
      breaker.succeeded();
      return result;
    } catch (cause) {
      if (messageOf(cause) === 'Command timed out') breaker.timedOut();
      throw unavailable(messageOf(cause), cause);
    }
  };
  return {
    client,
    get ready() {
      return client.status === 'ready';
    },
    whenReady: (timeoutMs) => whenReady(client, timeoutMs),
    run,
    attempt: async (command, fallback) => {
      try {
        return await run(command);
      } catch (error) {
        report('Redis command failed', error);
        return fallback;
      }
    },
    duplicate: () => connectRedis(options),
    close: () => close(client),
  };
}

/** Tells of each command that a client sends. */
function observe(client: Redis, onCommand: (event: RedisCommandEvent) => void): void {
  const send = client.sendCommand.bind(client);
  client.sendCommand = (command, stream) => {
    const started = performance.now();
    const told = (failed: boolean) => (): void =>
      onCommand({ command: command.name, failed, seconds: (performance.now() - started) / 1_000 });
    command.promise.then(told(false), told(true));
    return send(command, stream);
  };
}

function createClient({ endpoint, name, timeoutMs = 500, onCommand }: RedisConnectionOptions): Redis {
  const client = new Redis({
    host: endpoint.host,
    port: endpoint.port,
    db: endpoint.db ?? 0,
    ...(endpoint.username === undefined ? {} : { username: endpoint.username }),
    ...(endpoint.password === undefined ? {} : { password: endpoint.password }),
    ...(endpoint.tls === undefined ? {} : { tls: tlsOptions(endpoint) }),
    connectionName: name ?? 'tiphys',
    commandTimeout: timeoutMs,
    connectTimeout: 5_000,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(5_000, 50 * 2 ** Math.min(attempt, 10)) * (0.5 + Math.random() / 2),
  });
  if (onCommand !== undefined) observe(client, onCommand);
  return client;
}

function tlsOptions({ host, tls = {} }: RedisEndpoint): ConnectionOptions {
  return {
    servername: tls.serverName ?? host,
    minVersion: 'TLSv1.2',
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
  };
}

const unavailable = (why: string, cause?: unknown): TiphysError =>
  new TiphysError('unavailable', `Redis cannot be used: ${why}`, { cause });

function whenReady(client: Redis, timeoutMs: number): Promise<boolean> {
  if (client.status === 'ready') return Promise.resolve(true);
  return new Promise((resolve) => {
    const settle = (ready: boolean): void => {
      clearTimeout(timer);
      client.off('ready', onReady);
      resolve(ready);
    };
    const onReady = (): void => settle(true);
    const timer = setTimeout(() => settle(false), timeoutMs);
    client.on('ready', onReady);
  });
}

/** States in which a socket is open or being opened; from the others ioredis emits no `end`. */
const live: readonly string[] = ['connecting', 'connect', 'ready', 'disconnecting'];

async function close(client: Redis): Promise<void> {
  const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
  const isLive = live.includes(client.status);
  client.disconnect();
  if (isLive) await ended;
}
