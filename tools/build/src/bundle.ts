import { isBuiltin } from 'node:module';
import { rolldown } from 'rolldown';
import { distDir, root, type Entry } from './entries.ts';

/** Parts of Nest that it loads only when they are installed; none of them is used. */
const optional =
  /^(@nestjs\/(microservices|websockets|platform-\w+)|class-validator|class-transformer)(\/|$)/;

/** Native or optional speed-ups that their users do without. */
const native = /^(bufferutil|utf-8-validate|msgpackr-extract|pino-pretty|pg-native|supports-color)$/;

export interface Bundle {
  readonly name: string;
  /** Absolute paths of every file of this repository that went into it. */
  readonly inputs: readonly string[];
}

/** Bundles one program with everything it imports into `dist/<name>.js`, with a source map. */
export async function bundle(entry: Entry): Promise<Bundle> {
  const build = await rolldown({
    input: { [entry.name]: entry.source },
    cwd: root,
    platform: 'node',
    external: (id) => isBuiltin(id) || optional.test(id) || native.test(id),
    tsconfig: false,
    transform: { target: 'node24', decorator: { legacy: true, emitDecoratorMetadata: true } },
    onLog: (level, log, handler) => {
      if (log.code !== 'CIRCULAR_DEPENDENCY' && log.code !== 'EVAL') handler(level, log);
    },
  });
  try {
    await build.write({
      dir: distDir,
      format: 'esm',
      entryFileNames: '[name].js',
      codeSplitting: false,
      sourcemap: true,
      banner:
        "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    });
    const inputs = (await build.watchFiles).filter((file) => !file.includes('/node_modules/'));
    return { name: entry.name, inputs };
  } finally {
    await build.close();
  }
}
