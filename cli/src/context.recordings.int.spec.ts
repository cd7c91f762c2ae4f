import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordings } from './testing/recording.ts';
import { Cli } from './testing/run-cli.ts';

const OWN_VERSION = 'the client tells its own versions';
const OTHER_NETWORK = 'the recording tells what the network of the recorder said';

/** Recordings about the client itself that are not replayed, and why. */
const otherwise: Readonly<Record<string, string>> = {
  '001-version-client': OWN_VERSION,
  '002-version-not-logged-in': OWN_VERSION,
  '017-version-full': OWN_VERSION,
  '018-version-short': OWN_VERSION,
  '019-version-json': OWN_VERSION,
  '020-version-yaml': OWN_VERSION,
  '066-extra-header': OWN_VERSION,
  '069-logout-prompt-eof': 'a logout asks nothing',
  '070-logout-default-context': OTHER_NETWORK,
  '073-logout-nobody': OTHER_NETWORK,
  '075-logout-missing-context': 'that there is no such context is told with those that there are',
};

const CONTEXTS = ['127.0.0.1:18090', 'rec', 'nobody', 'alice'];

const configOf = (names: readonly string[]): string =>
  JSON.stringify({
    contexts: names.map((name) => ({ name, server: '127.0.0.1:18090', user: name })),
    'current-context': 'rec',
    servers: [{ server: '127.0.0.1:18090', 'plain-text': true, 'grpc-web-root-path': '' }],
    users: names.map((name) => ({ name, 'auth-token': 'a.b.c' })),
  });

/** The contexts that were there when these were recorded; the others had all of them. */
const contextsOf: Readonly<Record<string, readonly string[]>> = {
  '014-context-list': ['127.0.0.1:18090', 'rec'],
  '077-context-list-after-delete': [],
  '079-configure': [],
};

const ours = recordings().filter(
  ({ name, argv }) =>
    ['version', 'context', 'configure', 'logout'].includes(argv[0] ?? '') && otherwise[name] === undefined,
);

let cli: Cli;
beforeEach(async () => {
  cli = await Cli.create();
});
afterEach(() => cli.remove());

const plain = (text: string): string => text.replace(/ {2,}/g, '  ').trim();

describe('a recorded command about contexts', () => {
  it.runIf(ours.length > 0).each(ours)('$name ends and tells as recorded', async (recording) => {
    const contexts = contextsOf[recording.name] ?? CONTEXTS;
    if (contexts.length > 0) {
      await mkdir(dirname(cli.configFile), { recursive: true });
      await writeFile(cli.configFile, configOf(contexts), { mode: 0o600 });
    }
    const { code, stdout, stderr } = await cli.run(recording.argv);
    expect(code, stderr).toBe(recording.exitCode);
    const message = /"msg":"([^"]*)"/.exec(recording.stderr)?.[1];
    if (message !== undefined) expect(stderr).toContain(message);
    else if (code === 0) expect(plain(stdout)).toBe(plain(recording.stdout));
    else expect(stderr).toContain(recording.stdout.trim());
  });
});
