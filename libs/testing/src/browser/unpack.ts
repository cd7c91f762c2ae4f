import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { cacheRoot, withLock } from '@tiphys/toolchain';

const PACKAGE = '@sparticuz/chromium';

/** The browser of the npm package, unpacked once into the cache folder of this machine. */
export async function unpackedBrowser(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve(PACKAGE);
  const home = dirname(dirname(entry));
  const { version } = createRequire(import.meta.url)(join(home, 'package.json')) as {
    readonly version: string;
  };
  const folder = join(cacheRoot(), 'browser', version);
  const program = join(folder, 'chromium');
  if (existsSync(program)) return program;
  await mkdir(folder, { recursive: true });
  await withLock(join(folder, 'lock'), async () => {
    if (!existsSync(program)) await unpack(join(home, 'bin', 'chromium.br'), program);
  });
  return program;
}

async function unpack(from: string, to: string): Promise<void> {
  const draft = `${to}.${process.pid}`;
  try {
    await pipeline(
      createReadStream(from),
      createBrotliDecompress(),
      createWriteStream(draft, { mode: 0o755 }),
    );
    await rename(draft, to);
  } finally {
    await rm(draft, { force: true });
  }
}
