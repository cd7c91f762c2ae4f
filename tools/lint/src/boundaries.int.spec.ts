import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { ESLint } from 'eslint';
import { beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const run = promisify(execFile);
const bin = (name: string): string => resolve(root, 'node_modules/.bin', name);

/** Canaries: imports that must be refused. A rule that lets one through is a rule that is not there. */
describe('the import rules bite', () => {
  let eslint: ESLint;

  beforeAll(async () => {
    // The Nx rule skips silently while no project graph is cached.
    await run(process.execPath, [bin('nx'), 'show', 'projects'], {
      cwd: root,
      env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' },
    });
    eslint = new ESLint({ cwd: root });
  }, 120_000);

  const rulesBrokenBy = async (file: string, text: string): Promise<string[]> => {
    const [result] = await eslint.lintText(text, { filePath: resolve(root, file) });
    return (result?.messages ?? []).map(({ ruleId }) => ruleId ?? 'parse error');
  };

  it.each([
    ['an adapter in the domain', 'libs/domain/tracking/src/index.ts', "import '@tiphys/adapter-kube';"],
    [
      'an adapter in the domain, types only',
      'libs/domain/tracking/src/index.ts',
      "export type { KubeApiOptions } from '@tiphys/adapter-kube';",
    ],
    ['an adapter in an adapter', 'libs/adapters/redis/src/index.ts', "import '@tiphys/adapter-kube';"],
    ['the runtime in an adapter', 'libs/adapters/redis/src/index.ts', "import '@tiphys/runtime/config';"],
    ['anything in the model', 'libs/domain/model/src/index.ts', "import '@tiphys/diff';"],
    [
      'testing in a service',
      'services/application-controller/src/config.ts',
      "import '@tiphys/testing/redis';",
    ],
    ['the runtime in the CLI', 'cli/src/main.ts', "import '@tiphys/runtime/config';"],
    ['another package by its path', 'libs/domain/tracking/src/index.ts', "import '../../diff/src/index.ts';"],
  ])('%s', async (_name, file, text) => {
    expect(await rulesBrokenBy(file, text)).toContain('@nx/enforce-module-boundaries');
  });

  it.each([
    ['files in the domain', "import 'node:fs';", 'no-restricted-imports'],
    ['the clock in the domain', 'export const at = (): number => Date.now();', 'no-restricted-properties'],
    ['chance in the domain', 'export const dice = (): number => Math.random();', 'no-restricted-properties'],
    ['any', 'export const loose: any = 1;', '@typescript-eslint/no-explicit-any'],
  ])('%s', async (_name, text, rule) => {
    expect(await rulesBrokenBy('libs/domain/tracking/src/index.ts', text)).toContain(rule);
  });

  it('lets good code through', async () => {
    expect(
      await rulesBrokenBy('libs/domain/tracking/src/index.ts', "export { GROUP } from '@tiphys/model';\n"),
    ).toEqual([]);
  });
});

describe('the second lock bites', () => {
  it('names cycles, an impure domain and services that meet', async () => {
    const fixtures = resolve(root, 'tools/lint/fixtures');
    const cruise = run(
      process.execPath,
      [
        bin('depcruise'),
        '--config',
        resolve(root, '.dependency-cruiser.mjs'),
        '--output-type',
        'err',
        'libs',
        'services',
      ],
      { cwd: fixtures },
    );
    const output = await cruise.then(
      () => 'nothing was refused',
      (error: unknown) => (error as { stdout: string }).stdout,
    );
    expect(output).toMatch(/no-cycles/u);
    expect(output).toMatch(/domain-is-pure/u);
    expect(output).toMatch(/services-do-not-meet/u);
  });
});
