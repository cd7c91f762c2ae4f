import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const here = resolve(import.meta.dirname);

/** A checkout with this bootstrap and with tools that only say that they ran. */
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tiphys-bootstrap-'));
  cpSync(here, join(root, 'tools', 'bootstrap'), { recursive: true });
  lock('package-lock.json', { a: { version: '1.0.0' }, 'other-os': { version: '1.0.0', optional: true } });
  lock('node_modules/.package-lock.json', { a: { version: '1.0.0' } });
  program('node_modules/.bin/node', `exec ${process.execPath} "$@"`);
  says('tools/codegen/run.ts', 'codegen');
  says('tools/build/run.ts', 'build');
  says('tools/bench/run.ts', 'bench');
  writeFile(
    'tools/toolchain/src/main.ts',
    `console.log('helm\\t/tools/helm'); console.error(process.argv.slice(2).join(' '));`,
  );
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function writeFile(path: string, content: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), content);
}

function program(path: string, body: string): void {
  writeFile(path, `#!/bin/sh\n${body}\n`);
  chmodSync(join(root, path), 0o755);
}

function says(path: string, word: string): void {
  writeFile(path, `console.log(['ran ${word}', ...process.argv.slice(2)].join(' '));`);
}

function lock(path: string, packages: Record<string, object>): void {
  const entries = Object.entries(packages).map(([name, entry]) => [`node_modules/${name}`, entry] as const);
  writeFile(path, JSON.stringify({ packages: { '': {}, ...Object.fromEntries(entries) } }));
}

/** A Vitest that writes a report like the real one. */
function vitest(reports: Record<string, { passed: number; failed: number; broken?: number }>): void {
  writeFile(
    'node_modules/.bin/vitest',
    `const reports = ${JSON.stringify(reports)};
     const { writeFileSync } = require('node:fs');
     const project = process.argv[process.argv.indexOf('--project') + 1];
     const file = process.argv.find((arg) => arg.startsWith('--outputFile.json=')).split('=')[1];
     const { passed, failed, broken = 0 } = reports[project];
     const bad = { name: 'bad.spec.ts', status: 'failed', message: 'cannot be loaded' };
     const failure = (_, n) => ({ status: 'failed', fullName: 'does ' + n, failureMessages: ['it does not'] });
     const testResults = [
       ...Array.from({ length: broken }, () => ({ ...bad, assertionResults: [] })),
       ...(failed === 0 ? [] : [{ ...bad, assertionResults: Array.from({ length: failed }, failure) }]),
     ];
     writeFileSync(file, JSON.stringify({ numPassedTests: passed, testResults }));
     process.exit(failed + broken > 0 ? 1 : 0);`,
  );
}

function bootstrap(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { PATH: `${join(root, 'fake')}:/usr/bin:/bin`, HOME: root };
  return spawnSync(process.execPath, [join(root, 'tools/bootstrap/run.mjs'), ...args], {
    env,
    encoding: 'utf8',
  });
}

describe('the bootstrap', () => {
  it('shows its usage for a command that it does not know', () => {
    const { status, stderr } = bootstrap('dance');
    expect(status).toBe(2);
    expect(stderr).toMatch(/usage: .*start \| test/);
  });

  it('generates and builds before it starts, with the binaries on PATH', () => {
    writeFile(
      'tools/dev/start.ts',
      `console.log('PATH', process.env.PATH, process.argv.slice(2).join(' ')); process.exit(5);`,
    );
    const { status, stdout, stderr } = bootstrap('start', '--fast');
    expect(status).toBe(5);
    expect(stdout).toMatch(/ran codegen[^]*ran build[^]*PATH \/tools:.*node_modules\/\.bin.* --fast/);
    expect(stderr).toContain('ensure --for start');
  });

  it('hands arguments to the bench', () => {
    expect(bootstrap('bench', '--apps', '200').stdout).toContain('ran bench --apps 200');
  });

  it('installs when the lockfile says otherwise, and only then', () => {
    program('fake/npm', 'echo "npm $@"');
    expect(bootstrap('codegen').stdout).not.toContain('npm ci');
    lock('package-lock.json', { a: { version: '2.0.0' } });
    expect(bootstrap('codegen').stdout).toContain('npm ci');
    lock('package-lock.json', { a: { version: '1.0.0' }, b: { version: '1.0.0' } });
    expect(bootstrap('codegen').stdout).toContain('npm ci');
  });

  it('closes with one line for all tests', () => {
    vitest({
      unit: { passed: 7, failed: 0 },
      integration: { passed: 3, failed: 0 },
      e2e: { passed: 2, failed: 0 },
    });
    const { status, stdout } = bootstrap('test');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('12 passed, 0 failed');
    expect(status).toBe(0);
  });

  it.each([
    ['a failed test', { passed: 3, failed: 2 }, '10 passed, 2 failed', 'does 1\nit does not'],
    [
      'a file that does not load',
      { passed: 3, failed: 0, broken: 1 },
      '10 passed, 1 failed',
      'bad.spec.ts\ncannot be loaded',
    ],
  ])('fails for %s, after running the rest, and names it', (_, integration, line, named) => {
    vitest({ unit: { passed: 5, failed: 0 }, integration, e2e: { passed: 2, failed: 0 } });
    const { status, stdout } = bootstrap('test');
    expect(stdout).toContain(named);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(line);
    expect(status).toBe(1);
  });

  it('runs the projects that it is told to', () => {
    vitest({ unit: { passed: 5, failed: 0 } });
    expect(bootstrap('test', 'unit').stdout).toContain('5 passed, 0 failed');
  });

  it('fails when no test ran at all', () => {
    vitest({
      unit: { passed: 0, failed: 0 },
      integration: { passed: 0, failed: 0 },
      e2e: { passed: 0, failed: 0 },
    });
    expect(bootstrap('test').status).toBe(1);
  });
});
