import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isSea } from 'node:sea';
import { environmentValue, type Env } from '../program/globals.ts';
import { exitCodes, Failure } from '../program/failure.ts';

/** The first argument that makes an executable the server. */
export const SERVER_COMMAND = '__server';

/** How the api-server is started: a program, and the arguments before its flags. */
export interface ServerProgram {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * The api-server that belongs to this client: the file that `TIPHYS_API_SERVER_PROGRAM` names, the one inside the
 * executable, or the bundle beside that of the client.
 */
export function serverProgram(env: Env): ServerProgram {
  const named = environmentValue(env, 'API_SERVER_PROGRAM');
  if (named === undefined && isSea()) return { command: process.execPath, args: [SERVER_COMMAND] };
  const files = named === undefined ? besideClient() : [resolve(named)];
  const file = files.find((candidate) => existsSync(candidate));
  if (file !== undefined) return { command: process.execPath, args: ['--enable-source-maps', file] };
  throw new Failure(
    `Without a server, the client needs the api-server: it is not at ${files.join(' or ')}.`,
    {
      exitCode: exitCodes.general,
      hints: ['npm run build makes it; TIPHYS_API_SERVER_PROGRAM names another place.'],
    },
  );
}

function besideClient(): readonly string[] {
  const folder = dirname(realpathSync(process.argv[1] ?? '.'));
  return [join(folder, 'api-server.js'), resolve(folder, '..', '..', 'dist', 'api-server.js')];
}
