import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { TiphysError } from '@tiphys/model';
import type { ApiServerConfig } from '../config.ts';

export interface LocalUser {
  readonly token: string;
  /** Tells when whoever started this process is gone or wants its end. */
  onEnd(end: () => void): void;
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;
const MIN_LENGTH = 32;

/** Reads the token of the local user. @throws TiphysError `invalid` for an address that others reach, or a bad token */
export async function localUserOf(
  { address }: Pick<ApiServerConfig, 'address'>,
  input: NodeJS.ReadableStream = process.stdin,
): Promise<LocalUser> {
  if (!LOOPBACK.test(address))
    throw new TiphysError('invalid', `--local-user serves on loopback only: set --address, not ${address}`);
  const lines = createInterface({ input });
  let isOver = false;
  const over = new Promise<void>((resolve) => {
    lines.once('close', () => {
      isOver = true;
      resolve();
    });
  });
  const [token] = await Promise.race([once(lines, 'line') as Promise<[string]>, over.then(() => [''])]);
  if (token === undefined || token.length < MIN_LENGTH || token.split('.').length !== 3)
    throw new TiphysError(
      'invalid',
      `--local-user needs a token on standard input: three parts with dots between, ${MIN_LENGTH} characters or more`,
    );
  return {
    token,
    onEnd: (end) => {
      if (isOver) end();
      else void over.then(end);
    },
  };
}
