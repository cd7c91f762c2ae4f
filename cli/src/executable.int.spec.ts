import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientVersion } from './program/client-version.ts';
import { appOf } from './testing/apps.ts';
import { FixtureServer } from './testing/fixture-server.ts';
import { Cli, root } from './testing/run-cli.ts';

const run = promisify(execFile);

let program: string;
let cli: Cli;

beforeAll(async () => {
  const { stdout } = await run(process.execPath, ['tools/build/run.ts', '--executables=native'], {
    cwd: root,
  });
  program = /made (\S+)/.exec(stdout)?.[1] ?? '';
  cli = await Cli.create();
}, 180_000);

afterAll(() => cli.remove());

const execute = (...args: readonly string[]): Promise<{ stdout: string; stderr: string }> =>
  run(program, args, { env: { HOME: cli.home, PATH: '/nowhere' } });

describe('the executable', () => {
  it('needs no Node, and tells its version', async () => {
    expect((await execute('version', '--client', '--short')).stdout).toBe(`tiphys: v${clientVersion}\n`);
  });

  it('talks to a server', async () => {
    const server = await FixtureServer.start(() => ({ body: { items: [appOf()] } }));
    try {
      const where = ['--server', server.address, '--plaintext', '--auth-token', 'a.b.c'];
      expect((await execute('app', 'list', '-o', 'name', ...where)).stdout).toContain('shop');
    } finally {
      await server.stop();
    }
  });

  it('carries the server for work without one', async () => {
    const failed = await execute('app', 'list', '--core', '--kube-context', 'nosuch').catch(
      (error: unknown) => error,
    );
    expect(failed).toMatchObject({ code: 20, stderr: expect.stringContaining('no cluster is configured') });
    await expect(execute('__server', '--help')).resolves.toMatchObject({
      stdout: expect.stringContaining('serves the API'),
    });
  });

  it('has its checksum beside it', async () => {
    const digest = createHash('sha256')
      .update(await readFile(program))
      .digest('hex');
    const name = program.split('/').at(-1) ?? '';
    expect(await readFile(join(program + '.sha256'), 'utf8')).toBe(`${digest}  ${name}\n`);
  });
});
