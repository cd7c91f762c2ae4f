import { execFile } from 'node:child_process';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { TiphysError } from '@tiphys/model';
import type { Probe } from './objects.ts';

const run = promisify(execFile);
const timeoutMs = 3_000;

export interface ProbeContext {
  /** Local port of a container port, given by number or name. */
  readonly port: (port: number | string) => number;
  /** The command line and environment as this machine must see them. */
  readonly command: (words: readonly string[]) => readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Asks a probe once; a container without a probe is ready as soon as it runs. */
export async function passes(probe: Probe | undefined, context: ProbeContext): Promise<boolean> {
  if (probe === undefined) return true;
  try {
    return await ask(probe, context);
  } catch (error) {
    if (error instanceof TiphysError) throw error;
    return false;
  }
}

async function ask(probe: Probe, { port, command, env }: ProbeContext): Promise<boolean> {
  if (probe.httpGet) {
    const { path = '/', scheme = 'HTTP' } = probe.httpGet;
    const status = await getStatus(scheme.toLowerCase(), port(probe.httpGet.port), path);
    return status >= 200 && status < 400;
  }
  if (probe.tcpSocket) return opens(port(probe.tcpSocket.port));
  if (probe.grpc) return opens(port(probe.grpc.port));
  if (probe.exec) {
    const [program = '', ...args] = command(probe.exec.command);
    await run(program, args, { env, timeout: timeoutMs });
    return true;
  }
  throw new TiphysError('failed-precondition', 'a readiness probe of an unknown kind');
}

/** Like a kubelet, it takes any certificate and follows nothing. */
function getStatus(scheme: string, port: number, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, timeout: timeoutMs, agent: false } as const;
    const sent =
      scheme === 'https' ? httpsRequest({ ...options, rejectUnauthorized: false }) : httpRequest(options);
    sent.once('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.once('timeout', () => sent.destroy(new Error('no answer')));
    sent.once('error', reject);
    sent.end();
  });
}

function opens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: timeoutMs });
    const end = (open: boolean) => (): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });
}
