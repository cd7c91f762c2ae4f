import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'postject';
import { nodeBinary } from './node-binary.ts';
import { fileNameOf, hosts, type NodePackage, type Target } from './targets.ts';

const run = promisify(execFile);

/** Node looks for this text in itself to find out whether it carries a program. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

export interface ExecutableOptions {
  readonly target: Target;
  /** The CLI as one CommonJS file. */
  readonly program: string;
  readonly assets: Readonly<Record<string, string>>;
  /** For what comes and goes. */
  readonly work: string;
  /** Where the executable and its checksum are put. */
  readonly folder: string;
}

/**
 * Makes the executable of a target, and a file with its SHA-256, unless one of the same parts is there. Resolves with
 * its path.
 */
export async function makeExecutable(options: ExecutableOptions): Promise<string> {
  const { target, folder } = options;
  const path = join(folder, fileNameOf(target));
  const stampFile = join(folder, `.${fileNameOf(target)}.stamp`);
  const stamp = await stampOf(options);
  if (existsSync(path) && (await readFile(stampFile, 'utf8').catch(() => '')) === stamp) return path;
  await rm(stampFile, { force: true });
  await make(options, path);
  await writeFile(stampFile, stamp);
  return path;
}

/** A hash of all that an executable is made of. */
async function stampOf({ target, program, assets }: ExecutableOptions): Promise<string> {
  const hash = createHash('sha256').update(target.node.integrity);
  for (const file of [program, ...Object.values(assets)]) hash.update(await readFile(file));
  return hash.digest('hex');
}

async function make(options: ExecutableOptions, path: string): Promise<void> {
  const { target, work } = options;
  const name = fileNameOf(target);
  const draft = join(work, name);
  await copyFile(await nodeBinary(target.node), draft);
  await chmod(draft, 0o755);
  await inject(draft, 'NODE_SEA_BLOB', await readFile(await blobFor(options)), {
    sentinelFuse: FUSE,
    machoSegmentName: 'NODE_SEA',
  });
  const digest = createHash('sha256')
    .update(await readFile(draft))
    .digest('hex');
  await rename(draft, path);
  await writeFile(`${path}.sha256`, `${digest}  ${name}\n`);
}

async function blobFor({ target, program, assets, work }: ExecutableOptions): Promise<string> {
  const generator = generatorOf(target);
  const blob = join(work, `${target.name}.blob`);
  const config = join(work, `${target.name}.json`);
  const settings = {
    main: program,
    output: blob,
    assets,
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    // Compiled code fits only the very binary that it was compiled by.
    useCodeCache: generator === target.node,
  };
  await writeFile(config, JSON.stringify(settings));
  await rm(blob, { force: true });
  await run(await nodeBinary(generator), ['--experimental-sea-config', config]);
  return blob;
}

/** A Node of the version of the target that runs here. */
function generatorOf({ node }: Target): NodePackage {
  const found = hosts[process.arch]?.find(({ version }) => version === node.version);
  if (found !== undefined && process.platform === 'linux') return found;
  throw new Error(`executables are built on Linux, x64 or arm64, not on ${process.platform} ${process.arch}`);
}
