import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProcessRunner, type ProcessRunner } from '@tiphys/adapter-process';
import { repoRoot } from '../paths.ts';

/** The image's layout: bin/ and dist/ side by side, with a bundle that says what it was given. */
let app: string;
let runner: ProcessRunner;
beforeAll(async () => {
  app = await mkdtemp(join(tmpdir(), 'tiphys-launcher-'));
  await cp(resolve(repoRoot, 'bin'), join(app, 'bin'), { recursive: true });
  await mkdir(join(app, 'dist'));
  const bundle = [
    "if (process.argv[2] === 'serve') {",
    "  process.once('SIGTERM', () => process.exit(7));",
    '  setInterval(() => {}, 1000);',
    '}',
    'console.log(JSON.stringify(process.argv.slice(2)));',
  ];
  await writeFile(join(app, 'dist/repo-server.js'), bundle.join('\n'));
  const path = `${resolve(repoRoot, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`;
  runner = await createProcessRunner({ path, directory: join(app, 'homes') });
});
afterAll(async () => {
  await runner.close();
  await rm(app, { recursive: true, force: true });
});

const launcher = (): string => join(app, 'bin/tiphys-repo-server');
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString().trim();

describe('a launcher', () => {
  it('passes its arguments on as they are', async () => {
    const args = ['--port', '8081', 'two words', ''];
    const { stdout } = await runner.run({ program: launcher(), args });
    expect(JSON.parse(text(stdout))).toEqual(args);
  });

  it('finds its bundle through a link', async () => {
    const link = join(app, 'linked');
    await symlink(launcher(), link);
    const { stdout } = await runner.run({ program: link, args: ['a'] });
    expect(JSON.parse(text(stdout))).toEqual(['a']);
  });

  it('starts node under the init that the image names', async () => {
    const { stdout } = await runner.run({
      program: launcher(),
      args: ['a'],
      env: { TIPHYS_INIT: 'echo under' },
    });
    expect(text(stdout)).toMatch(/^under node .*dist\/repo-server\.js a$/u);
  });

  it('hands over its process, so that signals reach the service', async () => {
    const child = spawn(launcher(), ['serve'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(7);
  });
});
