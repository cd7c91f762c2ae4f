import { ToolchainError } from '@tiphys/toolchain';
import { chromium, type Browser, type BrowserContext } from 'playwright-core';
import { unpackedBrowser } from './unpack.ts';

/** Debian packages of the libraries that the browser is linked with. */
const PACKAGES: readonly (readonly [library: RegExp, name: string])[] = [
  [/^libnss|^libnspr|^libplc|^libplds/, 'libnss3'],
  [/^libexpat/, 'libexpat1'],
  [/^libgcc_s/, 'libgcc-s1'],
];

/** A real browser without a window. */
export interface TestBrowser {
  /** A profile of its own, with no cookies; certificates that nobody vouches for are taken. */
  newContext(): Promise<BrowserContext>;
  close(): Promise<void>;
}

/** Starts the browser. A library that it lacks is an error that names the package to install. */
export async function launchBrowser(): Promise<TestBrowser> {
  const executablePath = await unpackedBrowser();
  const browser = await start(executablePath);
  return {
    newContext: () => browser.newContext({ ignoreHTTPSErrors: true }),
    close: () => browser.close(),
  };
}

async function start(executablePath: string): Promise<Browser> {
  try {
    return await chromium.launch({ executablePath, args: ['--no-sandbox', '--no-zygote', '--disable-gpu'] });
  } catch (cause) {
    const library = /error while loading shared libraries: (\S+):/.exec(String(cause))?.[1];
    if (library === undefined) throw cause;
    const known = PACKAGES.find(([pattern]) => pattern.test(library))?.[1];
    const advice = known === undefined ? `the package that holds ${library}` : `apt-get install ${known}`;
    throw new ToolchainError(
      'ToolNotFound',
      `the browser of the tests needs ${library}; install it: ${advice}`,
      {
        cause,
      },
    );
  }
}
