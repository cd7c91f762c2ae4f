import { basename } from 'node:path';
import type { Command, RunningCommand } from '@tiphys/ports';
import { TiphysError } from '@tiphys/model';
import { TailCapture } from './capture.ts';
import type { Child } from './child.ts';
import { redact } from './redact.ts';

/** Wraps a child that lives on; `forget` runs once when it has ended. */
export function keepRunning(
  command: Pick<Command, 'program' | 'secrets'>,
  child: Child,
  forget: () => Promise<void>,
): RunningCommand {
  const stderr = new TailCapture(child.stderr);
  const ended = endOf(child).then(async (how) => {
    await forget();
    const detail = redact(stderr.text().trim(), command.secrets ?? []).replaceAll(child.home, '~');
    return new TiphysError(
      'unavailable',
      `${basename(command.program)} ended (${how})${detail && `: ${detail}`}`,
    );
  });
  return {
    write: (data) => void child.stdin.write(data),
    onOutput: (listener) => void child.stdout.on('data', listener),
    ended,
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}

function endOf(child: Child): Promise<string> {
  return new Promise((resolve) => {
    child.process.once('error', (error) => resolve((error as NodeJS.ErrnoException).code ?? 'not started'));
    child.process.once('exit', (code, signal) => {
      resolve(code === null ? `signal ${String(signal)}` : `exit code ${code}`);
    });
  });
}
