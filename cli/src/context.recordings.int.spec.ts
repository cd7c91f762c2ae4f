import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Cli } from './testing/run-cli.ts';
import { contexts, replayedHere } from './testing/shares/index.ts';

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

const ours = replayedHere(contexts);

let cli: Cli;
beforeEach(async () => {
  cli = await Cli.create();
});
afterEach(() => cli.remove());

const plain = (text: string): string => text.replace(/ {2,}/g, '  ').trim();

describe('a recorded command about contexts', () => {
  it.runIf(ours.length > 0).each(ours)('$name ends and tells as recorded', async (recording) => {
    const known = contextsOf[recording.name] ?? CONTEXTS;
    if (known.length > 0) {
      await mkdir(dirname(cli.configFile), { recursive: true });
      await writeFile(cli.configFile, configOf(known), { mode: 0o600 });
    }
    const { code, stdout, stderr } = await cli.run(recording.argv);
    expect(code, stderr).toBe(recording.exitCode);
    const message = /"msg":"([^"]*)"/.exec(recording.stderr)?.[1];
    if (message !== undefined) expect(stderr).toContain(message);
    else if (code === 0) expect(plain(stdout)).toBe(plain(recording.stdout));
    else expect(stderr).toContain(recording.stdout.trim());
  });
});
