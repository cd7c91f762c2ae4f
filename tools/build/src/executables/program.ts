import { join } from 'node:path';
import { isBuiltin } from 'node:module';
import { rolldown } from 'rolldown';
import { root } from '../entries.ts';

/** Native speed-ups that their users do without. */
const native = /^(bufferutil|utf-8-validate)$/;

/** The last is where a library is looked up that an executable has not, which is then told. */
const silent: ReadonlySet<string> = new Set(['CIRCULAR_DEPENDENCY', 'EVAL', 'EMPTY_IMPORT_META']);

/** Bundles the CLI into the one CommonJS file that an executable can hold. Resolves with its path. */
export async function bundleProgram(folder: string): Promise<string> {
  const build = await rolldown({
    input: { tiphys: join(root, 'cli', 'src', 'executable.ts') },
    cwd: root,
    platform: 'node',
    external: (id) => isBuiltin(id) || native.test(id),
    tsconfig: false,
    transform: { target: 'node24' },
    onLog: (level, log, handler) => {
      if (!silent.has(log.code ?? '')) handler(level, log);
    },
  });
  try {
    await build.write({
      dir: folder,
      format: 'cjs',
      entryFileNames: '[name].cjs',
      codeSplitting: false,
      dynamicImportInCjs: false,
      minify: true,
    });
    return join(folder, 'tiphys.cjs');
  } finally {
    await build.close();
  }
}
