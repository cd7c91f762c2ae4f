import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheRoot } from '@tiphys/toolchain';
import type { NodePackage } from './targets.ts';

const run = promisify(execFile);

/**
 * The path of the Node binary of a package, out of the cache or fetched from the npm registry. What was fetched must
 * have the pinned checksum.
 */
export async function nodeBinary(wanted: NodePackage): Promise<string> {
  const folder = join(cacheRoot(), 'node');
  const path = join(folder, `${wanted.name}-${wanted.version}`, 'package', wanted.binary);
  if (existsSync(path)) return path;
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(folder, '.fetch-'));
  try {
    await fetchInto(work, wanted);
    await rename(work, join(folder, `${wanted.name}-${wanted.version}`)).catch((error: unknown) => {
      if (!existsSync(path)) throw error;
    });
    return path;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function fetchInto(work: string, { name, version, integrity, binary }: NodePackage): Promise<void> {
  await run('npm', ['pack', `${name}@${version}`, '--silent', '--pack-destination', work]);
  const [archive = ''] = (await readdir(work)).filter((file) => file.endsWith('.tgz'));
  const file = join(work, archive);
  const digest = createHash('sha512')
    .update(await readFile(file))
    .digest('base64');
  if (`sha512-${digest}` !== integrity)
    throw new Error(`${name}@${version} has the checksum sha512-${digest}, not ${integrity}`);
  await run('tar', ['-xzf', file, '-C', work, `package/${binary}`]);
  await rm(file);
}
