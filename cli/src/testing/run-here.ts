import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { run } from '../program/run.ts';
import type { Outcome } from './run-cli.ts';

export interface HereOptions {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the program from its sources, in this process, with an environment of its own. */
export async function runHere(
  argv: readonly string[],
  { stdin = '', env = {} }: HereOptions = {},
): Promise<Outcome> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const out = text(stdout);
  const err = text(stderr);
  const code = await run({ argv, env, stdin: Readable.from([stdin]), stdout, stderr });
  stdout.end();
  stderr.end();
  return { code, stdout: await out, stderr: await err };
}
