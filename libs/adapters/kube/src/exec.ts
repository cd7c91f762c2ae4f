import type WebSocket from 'ws';
import type { RawData } from 'ws';
import { arrayAt, stringAt } from '@tiphys/model';
import type { JsonValue } from '@tiphys/model';
import type { ExecEnd, ExecSession, ExecTarget } from '@tiphys/ports';
import { parseJson } from './lossless-json.ts';

/** The newest first; both number their channels alike. */
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const RESIZE = 4;

export interface SocketOpener {
  openSocket(request: { readonly path: string; readonly protocols: readonly string[] }): Promise<WebSocket>;
}

/** Runs a program with a terminal in a container, as the port `KubeApi` says. */
export async function openExec(
  opener: SocketOpener,
  target: ExecTarget,
  onOutput: (bytes: Uint8Array) => void,
): Promise<ExecSession> {
  const socket = await opener.openSocket({ path: execPath(target), protocols: PROTOCOLS });
  const ended = new Promise<ExecEnd>((resolve) => {
    let end: ExecEnd = { exitCode: undefined, message: 'the connection to the cluster was cut off' };
    socket.on('message', (data) => {
      const frame = bytesOf(data);
      const [channel] = frame;
      if (channel === STDOUT || channel === STDERR) onOutput(frame.subarray(1));
      else if (channel === ERROR) end = endOf(frame.subarray(1).toString('utf8'));
    });
    // A broken connection closes the socket as well, and that tells the end.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(end));
  });
  return {
    ended,
    write: (bytes) => send(socket, STDIN, bytes),
    resize: ({ columns, rows }) =>
      send(socket, RESIZE, Buffer.from(JSON.stringify({ Width: columns, Height: rows }))),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close: () => {
      socket.resume();
      socket.terminate();
    },
  };
}

function execPath({ namespace, pod, container, command }: ExecTarget): string {
  const query = new URLSearchParams({
    container,
    stdin: 'true',
    stdout: 'true',
    stderr: 'true',
    tty: 'true',
  });
  for (const part of command) query.append('command', part);
  const [place, name] = [encodeURIComponent(namespace), encodeURIComponent(pod)];
  return `/api/v1/namespaces/${place}/pods/${name}/exec?${query.toString()}`;
}

function send(socket: WebSocket, channel: number, bytes: Uint8Array): void {
  if (socket.readyState !== socket.OPEN) return;
  socket.send(Buffer.concat([Buffer.of(channel), bytes]), { binary: true });
}

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

/** The last word of the cluster: a Status, whose causes hold the exit code. */
function endOf(text: string): ExecEnd {
  const status = statusOf(text);
  if (stringAt(status, 'status') === 'Success') return { exitCode: 0, message: '' };
  const cause = arrayAt(status, 'details', 'causes').find((each) => stringAt(each, 'reason') === 'ExitCode');
  const exitCode = Number(stringAt(cause, 'message'));
  return {
    exitCode: cause === undefined || !Number.isInteger(exitCode) ? undefined : exitCode,
    message: stringAt(status, 'message') ?? text.slice(0, 500),
  };
}

function statusOf(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    // Some runtimes say it in plain words.
    return {};
  }
}
