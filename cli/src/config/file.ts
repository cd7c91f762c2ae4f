import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf, type JsonObject } from '@tiphys/model';
import { dumpYaml, parseYamlDocuments } from '@tiphys/yaml';
import { exitCodes, Failure } from '../program/failure.ts';
import { configSchema, type Config } from './schema.ts';

/** Reads the configuration; undefined where there is none. Refuses a file that others may read: it holds tokens. */
export async function readConfig(path: string): Promise<Config | undefined> {
  const found = await stat(path).catch(absent(path));
  if (found === undefined) return undefined;
  if ((found.mode & 0o077) !== 0) throw tooOpen(path, found.mode);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw unreadable(path, error);
  });
  return parseConfig(text, path);
}

function parseConfig(text: string, path: string): Config {
  const [document = null] = parseYamlDocuments(text, { file: path });
  const parsed = configSchema.safeParse(document ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Failure(
    `${path} is not a configuration file: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
    {
      exitCode: exitCodes.general,
      hints: ['Mend it, or move it away and log in again.'],
    },
  );
}

/** Writes the configuration so that only its owner can read it; a reader sees the old file or the new one. */
export async function writeConfig(path: string, config: Config): Promise<void> {
  const draft = `${path}.${String(process.pid)}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(draft, dumpYaml(ordered(config), { style: 'kubernetes' }), { mode: 0o600 });
    await chmod(draft, 0o600);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw new Failure(`The configuration ${path} cannot be written: ${messageOf(error)}`, {
      exitCode: exitCodes.general,
      hints: ['Choose another place with --config.'],
      cause: error,
    });
  }
}

const ordered = ({ contexts, servers, users, ...rest }: Config): JsonObject =>
  ({ contexts, ...rest, servers, users }) as unknown as JsonObject;

const absent =
  (path: string) =>
  (error: NodeJS.ErrnoException): undefined => {
    if (error.code === 'ENOENT') return undefined;
    throw unreadable(path, error);
  };

const unreadable = (path: string, error: unknown): Failure =>
  new Failure(`The configuration ${path} cannot be read: ${messageOf(error)}`, {
    exitCode: exitCodes.general,
    cause: error,
  });

const tooOpen = (path: string, mode: number): Failure =>
  new Failure(
    `The configuration ${path} holds tokens and others can read it (mode ${(mode & 0o777).toString(8)}).`,
    { exitCode: exitCodes.general, hints: [`chmod 600 ${path}`] },
  );
