import { spawn } from 'node:child_process';
import type WebSocket from 'ws';

const STDIN = 0;
const STDOUT = 1;
const ERROR = 3;
const RESIZE = 4;

const failure = (message: string, exitCode?: number): string =>
  JSON.stringify({
    status: 'Failure',
    message,
    ...(exitCode === undefined
      ? {}
      : {
          reason: 'NonZeroExitCode',
          details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
        }),
  });

/** Connects a real process to a websocket that speaks `channel.k8s.io`. Returns what ends the process. */
export function runProgram(
  socket: WebSocket,
  options: {
    /** What to run; undefined for a program that the container does not have. */
    readonly program: string | undefined;
    readonly name: string;
    readonly onResize: (size: string) => void;
  },
): () => void {
  const tell = (channel: number, text: string | Buffer): void =>
    socket.send(Buffer.concat([Buffer.of(channel), Buffer.from(text)]));
  if (options.program === undefined) {
    tell(ERROR, failure(`exec: "${options.name}": executable file not found in $PATH`));
    socket.close();
    return () => undefined;
  }
  const child = spawn(options.program, [], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdout.on('data', (bytes: Buffer) => tell(STDOUT, bytes));
  child.stderr.on('data', (bytes: Buffer) => tell(STDOUT, bytes));
  child.stdin.on('error', () => child.kill());
  child.on('close', (code, signal) => {
    if (socket.readyState !== socket.OPEN) return;
    if (code === 0) tell(ERROR, JSON.stringify({ status: 'Success' }));
    else tell(ERROR, failure(`command terminated with ${signal ?? `exit code ${code}`}`, code ?? 137));
    socket.close();
  });
  socket.on('message', (data) => {
    const bytes = Buffer.from(data as Buffer);
    if (bytes[0] === STDIN) child.stdin.write(bytes.subarray(1));
    else if (bytes[0] === RESIZE) options.onResize(bytes.subarray(1).toString('utf8'));
  });
  return () => void child.kill('SIGKILL');
}
