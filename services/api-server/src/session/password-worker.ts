import { parentPort } from 'node:worker_threads';
import { compareSync, hashSync } from 'bcryptjs';

/** What the worker is asked. */
export type PasswordTask =
  | { readonly id: number; readonly type: 'compare'; readonly password: string; readonly hash: string }
  | { readonly id: number; readonly type: 'hash'; readonly password: string };

export interface PasswordResult {
  readonly id: number;
  readonly result: boolean | string;
}

export const COST = 10;

/** Serves bcrypt to the thread that started this one, so that a login never holds up other requests. */
export function servePasswords(): void {
  const port = parentPort;
  if (!port) throw new Error('the password worker has no parent');
  port.on('message', (task: PasswordTask) => {
    const result: boolean | string =
      task.type === 'hash' ? hashSync(task.password, COST) : compareSync(task.password, task.hash);
    port.postMessage({ id: task.id, result } satisfies PasswordResult);
  });
}
