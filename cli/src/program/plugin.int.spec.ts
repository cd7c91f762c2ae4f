import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Cli } from '../testing/run-cli.ts';

let cli: Cli;
let bin: string;

beforeEach(async () => {
  cli = await Cli.create();
  bin = join(cli.home, 'bin');
  await mkdir(bin);
});

afterEach(() => cli.remove());

const plugin = (name: string, body: string): Promise<void> =>
  writeFile(join(bin, name), `#!/bin/sh\n${body}\n`, { mode: 0o700 });

const run = (...args: readonly string[]): ReturnType<Cli['run']> =>
  cli.run(args, { env: { PATH: `${bin}:/usr/bin:/bin` } });

describe('a command that the program does not have', () => {
  it('is served by a program of that name on the PATH, with its arguments and exit code', async () => {
    await plugin('argocd-greet', 'echo "hello $1 $2"; exit 7');
    expect(await run('greet', 'you', '--loud')).toMatchObject({ code: 7, stdout: 'hello you --loud\n' });
    await plugin('tiphys-greet', 'echo ours');
    expect(await run('greet')).toMatchObject({ code: 0, stdout: 'ours\n' });
  });

  it('is told, with the command that was probably meant', async () => {
    await plugin('argocd-app', 'echo "must not run"');
    const { code, stderr } = await run('ap', 'list');
    expect(code).toBe(1);
    expect(stderr).toContain('Did you mean app?');
    expect((await run('../bin/argocd-app')).stdout).toBe('');
    expect((await run('app', 'lst')).stderr).toContain('Did you mean list?');
    expect((await run('app', 'list', '--outpt', 'x')).stderr).toContain('Did you mean --output?');
  });
});
