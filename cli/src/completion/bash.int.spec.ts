import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FixtureServer } from '../testing/fixture-server.ts';
import { Cli, root } from '../testing/run-cli.ts';

const run = promisify(execFile);

let cli: Cli;
let server: FixtureServer;

beforeEach(async () => {
  cli = await Cli.create();
  const names = ['shop', 'shop-db', 'web'];
  const items = names.map((name) => ({ metadata: { name }, spec: {} }));
  server = await FixtureServer.start(() => ({ body: { items } }));
  await mkdir(join(cli.home, 'bin'));
  await writeFile(
    join(cli.home, 'bin', 'tiphys'),
    `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'dist', 'tiphys.js')}' "$@"\n`,
    { mode: 0o700 },
  );
  await symlink('/bin/bash', join(cli.home, 'bin', 'bash'));
});

afterEach(async () => {
  await server.stop();
  await cli.remove();
});

/** What a bash with the script of the program offers where this stands before the cursor. */
async function offered(line: string, address = server.address): Promise<readonly string[]> {
  const words = line.split(/(?<=[=:])|(?=[=:])|\s+/);
  const script = [
    'source <(tiphys completion bash)',
    'COMP_LINE=$1; COMP_POINT=${#1}; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))',
    '"$(complete -p tiphys | sed -E "s/.*-F ([^ ]+) .*/\\1/")" tiphys',
    'printf "%s\\n" "${COMPREPLY[@]}"',
  ].join('\n');
  const { stdout } = await run('bash', ['--norc', '-c', script, 'bash', line, ...words], {
    cwd: cli.home,
    env: {
      HOME: cli.home,
      PATH: `${join(cli.home, 'bin')}:/usr/bin:/bin`,
      ARGOCD_OPTS: `--server ${address} --plaintext --auth-token t`,
    },
  });
  return stdout.split('\n').filter((word) => word !== '');
}

describe('completion in a bash', () => {
  it('offers commands and flags', async () => {
    expect(await offered('tiphys app roll')).toEqual(['rollback']);
    expect(await offered('tiphys app get x --hard')).toEqual(['--hard-refresh']);
  });

  it('offers values of a flag behind an equals sign without what is typed already', async () => {
    expect(await offered('tiphys app list --output=')).toEqual(['wide', 'json', 'yaml', 'name']);
  });

  it('offers the names of applications that the server knows', async () => {
    expect(await offered('tiphys app get sh')).toEqual(['shop', 'shop-db']);
    expect(server.requests.map(({ path }) => path)).toEqual(['/api/v1/applications']);
  });

  it('offers files where a file is asked for', async () => {
    await writeFile(join(cli.home, 'app.yaml'), '');
    expect(await offered('tiphys app create -f app')).toEqual(['app.yaml']);
  });

  it('stays silent where the server is away', async () => {
    expect(await offered('tiphys app get sh', '127.0.0.1:1')).toEqual([]);
  });
});
