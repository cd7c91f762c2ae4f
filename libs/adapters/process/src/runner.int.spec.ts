import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProcessRunner, type ProcessRunner } from './index.ts';

const NODE = process.execPath;
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const script = (source: string): readonly string[] => ['-e', source];

let directory: string;
let runner: ProcessRunner;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tiphys-process-'));
  runner = await createProcessRunner({ path: '/usr/bin:/bin', directory: join(directory, 'homes') });
});

afterAll(async () => {
  await runner.close();
  await rm(directory, { recursive: true, force: true });
});

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error('gave up waiting');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('the environment of a child', () => {
  it('holds nothing of ours but the search path, a private home and the locale', async () => {
    process.env['TIPHYS_CANARY'] = 'leak';
    const { stdout } = await runner.run({
      program: NODE,
      args: script('console.log(JSON.stringify(process.env))'),
      env: { EXTRA: '1', PATH: '/evil', HOME: '/evil' },
    });
    delete process.env['TIPHYS_CANARY'];
    const env = JSON.parse(text(stdout)) as Record<string, string>;
    expect(Object.keys(env).sort()).toEqual(['EXTRA', 'HOME', 'LANG', 'LC_ALL', 'PATH', 'TMPDIR']);
    expect(env['PATH']).toBe('/usr/bin:/bin');
    expect(env['HOME']).toContain(join(directory, 'homes'));
  });

  it('leaves home and search path to the command where the runner is told so', async () => {
    const open = await createProcessRunner({
      path: '/usr/bin:/bin',
      directory: join(directory, 'open'),
      keepsGivenHome: true,
    });
    const run = (env: Record<string, string>) =>
      open.run({ program: 'sh', args: ['-c', 'echo $HOME $PATH'], env });
    expect(text((await run({ HOME: '/given', PATH: '/bin' })).stdout)).toBe('/given /bin\n');
    expect(text((await run({})).stdout)).toMatch(/\/open\/run-\S+ \/usr\/bin:\/bin\n$/);
    await open.close();
  });

  it('gives each run a home of its own and removes it', async () => {
    const homes = await Promise.all(
      Array.from({ length: 8 }, () => runner.run({ program: 'sh', args: ['-c', 'echo $HOME'] })),
    );
    expect(new Set(homes.map((result) => text(result.stdout))).size).toBe(8);
    expect(await readdir(join(directory, 'homes'))).toEqual([]);
  });

  it('passes stdin and returns bytes', async () => {
    const input = Buffer.from([0, 255, 10, 13, 128]);
    const { stdout } = await runner.run({ program: 'cat', args: [], stdin: input });
    expect(Buffer.from(stdout).equals(input)).toBe(true);
  });
});

describe('the end of a child', () => {
  it('kills the whole group at the deadline', async () => {
    const pidFile = join(directory, 'grandchild');
    const run = runner.run({
      program: 'sh',
      args: ['-c', `sleep 60 & echo $! > '${pidFile}'; wait`],
      timeoutMs: 300,
    });
    await expect(run).rejects.toMatchObject({ code: 'deadline' });
    const pid = Number(await readFile(pidFile, 'utf8'));
    await until(() => !isAlive(pid));
  });

  it('leaves no child behind a leader that ended well', async () => {
    const { stdout } = await runner.run({ program: 'sh', args: ['-c', 'sleep 60 & echo $!'] });
    await until(() => !isAlive(Number(text(stdout))));
  });

  it('does not wait for one that left the group with our pipes', async () => {
    const { stdout } = await runner.run({ program: 'sh', args: ['-c', 'setsid sleep 5 & echo done'] });
    expect(text(stdout)).toBe('done\n');
  });

  it('stops on the signal', async () => {
    const abort = new AbortController();
    const run = runner.run({ program: 'sleep', args: ['60'], signal: abort.signal });
    setTimeout(() => abort.abort(), 50);
    await expect(run).rejects.toMatchObject({ code: 'canceled' });
  });

  it('stops one that writes too much', async () => {
    const run = runner.run({ program: 'yes', args: [], maxOutputBytes: 1000 });
    await expect(run).rejects.toMatchObject({ code: 'resource-exhausted' });
  });

  it('survives one that does not read its input', async () => {
    const result = await runner.run({ program: 'true', args: [], stdin: 'x'.repeat(1_000_000) });
    expect(result.stdout.length).toBe(0);
  });
});

describe('errors', () => {
  it('hold the last lines of stderr, without secrets, logins or paths of this machine', async () => {
    const run = runner.run({
      program: 'sh',
      args: ['-c', 'echo "token s3cret/+ at https://me:pw@host/x in $HOME/y" >&2; exit 3'],
      secrets: ['s3cret/+'],
    });
    const message = await run.then(
      () => '',
      (error: Error) => error.message,
    );
    expect(message).toBe('sh failed (exit code 3): token ****** at https://host/x in ~/y');
  });

  it('name what to install', async () => {
    const run = runner.run({ program: 'helm', args: [] });
    await expect(run).rejects.toMatchObject({ code: 'not-found', message: /install helm/ });
  });

  it('never take a program relative to the working directory', async () => {
    await expect(runner.run({ program: './sh', args: [] })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a child that lives on', () => {
  it('answers until it is stopped, then says how it ended', async () => {
    const running = await runner.start({ program: 'cat', args: [] });
    const chunks: string[] = [];
    running.onOutput((chunk) => chunks.push(text(chunk)));
    running.write('ping');
    await until(() => chunks.join('') === 'ping');
    await running.stop();
    expect((await running.ended).message).toContain('signal SIGKILL');
  });

  it('reports a program that ends by itself', async () => {
    const running = await runner.start({ program: 'sh', args: ['-c', 'echo broken >&2; exit 4'] });
    expect((await running.ended).message).toContain('exit code 4');
  });
});

describe('a grace time', () => {
  const polite = "trap 'echo bye >&2; exit 7' TERM; echo up >&2; while :; do sleep 0.05; done";
  const deaf = "trap '' TERM; while :; do sleep 0.05; done";

  it('lets a command end by itself at its deadline, and still is a missed deadline', async () => {
    const start = performance.now();
    const run = runner.run({ program: 'sh', args: ['-c', polite], timeoutMs: 300, graceMs: 30_000 });
    await expect(run).rejects.toMatchObject({ code: 'deadline' });
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  it('kills a command that does not', async () => {
    const run = runner.run({ program: 'sh', args: ['-c', deaf], timeoutMs: 100, graceMs: 200 });
    await expect(run).rejects.toMatchObject({ code: 'deadline' });
  });
});
