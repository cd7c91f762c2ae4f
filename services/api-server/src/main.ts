import { workerData } from 'node:worker_threads';
import { servePasswords } from './session/password-worker.ts';
import { PASSWORD_WORKER } from './session/passwords.ts';

if (workerData === PASSWORD_WORKER) {
  servePasswords();
} else {
  const { serve } = await import('./serve.ts');
  await serve(process.argv.slice(2), new URL(import.meta.url)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
