import { chmod, copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { TiphysError } from '@tiphys/model';

export interface Program {
  /** Absolute path of Node. */
  readonly node: string;
  /** The one file that this program is bundled into. */
  readonly bundle: string;
}

/** The name that pod specs of sidecars start. */
const NAME = 'argocd-cmp-server';
const INNER = '.tiphys';
/** Ends what a killed process group leaves behind; the image has it. */
const INIT = '/usr/bin/tini-static';
const LOADER = /\/ld-(linux|musl)[^/]*$/;

/**
 * Puts this program, Node and all that Node loads into a folder, as an executable that needs nothing but `sh` of the
 * container that runs it, whatever its C library is. Files that run meanwhile are replaced, never written into.
 */
export async function install(folder: string, program: Program): Promise<void> {
  if (!program.bundle.endsWith('.js')) {
    throw new TiphysError(
      'failed-precondition',
      `${program.bundle} is no bundle; build it by npm run build first`,
    );
  }
  const inner = join(folder, INNER);
  const libraries = loadedLibraries();
  await mkdir(join(inner, 'lib'), { recursive: true });
  await put(program.node, join(inner, 'node'));
  await put(program.bundle, join(inner, 'plugin-server.mjs'));
  for (const library of libraries) await put(library, join(inner, 'lib', basename(library)));
  const hasInit = await put(INIT, join(inner, 'init')).then(
    () => true,
    () => false,
  );
  const loader = libraries.find((library) => LOADER.test(library));
  await write(join(folder, NAME), startScript({ loader, hasInit }));
}

/** What Node has loaded in this very process: the loader and the C library among them. */
function loadedLibraries(): readonly string[] {
  const { sharedObjects = [] } = process.report.getReport() as { readonly sharedObjects?: readonly string[] };
  return sharedObjects.filter((path) => path.startsWith('/'));
}

/** The script that starts what was installed beside it; a loader starts Node with the libraries that came along. */
export function startScript(parts: {
  readonly loader: string | undefined;
  readonly hasInit: boolean;
}): string {
  const node =
    parts.loader === undefined
      ? '"$here/node"'
      : `"$here/lib/${basename(parts.loader)}" --library-path "$here/lib" "$here/node"`;
  const init = parts.hasInit ? '"$here/init" -s -- ' : '';
  return [
    '#!/bin/sh',
    'set -eu',
    `here=\${0%/*}/${INNER}`,
    `exec ${init}${node} --max-semi-space-size=4 --optimize-for-size "$here/plugin-server.mjs" "$@"`,
    '',
  ].join('\n');
}

async function put(from: string, to: string): Promise<void> {
  await copyFile(from, `${to}.new`);
  await finish(to);
}

async function write(to: string, content: string): Promise<void> {
  await writeFile(`${to}.new`, content);
  await finish(to);
}

async function finish(to: string): Promise<void> {
  await chmod(`${to}.new`, 0o755);
  await rm(to, { force: true });
  await rename(`${to}.new`, to);
}
