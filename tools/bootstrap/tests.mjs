// @ts-check
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bin, run, step } from './process.mjs';

export const projects = ['unit', 'integration', 'e2e'];

/**
 * Runs the test projects one after the other and prints one closing line for all.
 *
 * @param {string} node @param {NodeJS.ProcessEnv} env
 * @param {readonly string[]} args names of projects (default: all), and anything that Vitest takes
 * @returns {Promise<number>} the exit code
 */
export async function runTests(node, env, args) {
  const chosen = projects.filter((name) => args.includes(name));
  const rest = args.filter((arg) => !projects.includes(arg));
  const folder = mkdtempSync(join(tmpdir(), 'tiphys-test-'));
  const total = { passed: 0, failed: 0 };
  try {
    for (const project of chosen.length > 0 ? chosen : projects) {
      const report = join(folder, `${project}.json`);
      const { code } = await step(`${project} tests`, () =>
        run(node, vitest(project, report, rest), { env, mayFail: true }),
      );
      const { passed, failed } = countIn(report);
      total.passed += passed;
      total.failed += code !== 0 && failed === 0 ? 1 : failed;
      if (code === 130) break;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

/** @param {string} project @param {string} report @param {readonly string[]} rest */
function vitest(project, report, rest) {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  return [bin('vitest'), 'run', '--project', project, '--passWithNoTests', ...reporters, ...rest];
}

/** @param {string} report */
function countIn(report) {
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const broken = testResults.filter(
    (/** @type {{ status: string, assertionResults: { status: string }[] }} */ file) =>
      file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length };
}
