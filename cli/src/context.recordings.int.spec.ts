import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FixtureServer } from './testing/fixture-server.ts';
import { Cli } from './testing/run-cli.ts';
import { contexts, replayedHere } from './testing/shares/index.ts';

const CONTEXTS = ['127.0.0.1:18090', 'rec', 'nobody', 'alice'];

const SERVER = '127.0.0.1:18090';

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const TOKEN = `${part({ alg: 'HS256' })}.${part({ iss: 'argocd', sub: 'admin:login' })}.c2ln`;

const configOf = (names: readonly string[], server: string): string =>
  JSON.stringify({
    contexts: names.map((name) => ({ name, server, user: name })),
    'current-context': 'rec',
    servers: [{ server, 'plain-text': true, 'grpc-web-root-path': '' }],
    users: names.map((name) => ({ name, 'auth-token': TOKEN })),
  });

/** The contexts that were there when these were recorded; the others had all of them. */
const contextsOf: Readonly<Record<string, readonly string[]>> = {
  '014-context-list': ['127.0.0.1:18090', 'rec'],
  '077-context-list-after-delete': [],
  '079-configure': [],
};

const ours = replayedHere(contexts);

let cli: Cli;
let server: FixtureServer | undefined;
beforeEach(async () => {
  cli = await Cli.create();
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  await cli.remove();
});

const plain = (text: string): string => text.replace(/ {2,}/g, '  ').trim();

describe('a recorded command about contexts', () => {
  it.runIf(ours.length > 0).each(ours)('$name ends and tells as recorded', async (recording) => {
    const call = recording.calls.find(({ method }) => method === 'SessionService/Create');
    if (call !== undefined) server = await FixtureServer.start(() => ({ body: call.response }));
    const known = contextsOf[recording.name] ?? CONTEXTS;
    if (known.length > 0) {
      await mkdir(dirname(cli.configFile), { recursive: true });
      await writeFile(cli.configFile, configOf(known, server?.address ?? SERVER), { mode: 0o600 });
    }
    const { code, stdout, stderr } = await cli.run(recording.argv);
    expect(code, stderr).toBe(recording.exitCode);
    const message = /"msg":"([^"]*)"/.exec(recording.stderr)?.[1];
    if (message !== undefined) expect(stderr).toContain(message);
    else if (code === 0) expect(plain(stdout)).toBe(plain(recording.stdout));
    else expect(stderr).toContain(recording.stdout.trim());
  });
});
