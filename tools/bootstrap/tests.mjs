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
  let passed = 0;
  /** @type {string[]} */
  const failures = [];
  try {
    for (const project of chosen.length > 0 ? chosen : projects) {
      const report = join(folder, `${project}.json`);
      const { code } = await step(`${project} tests`, () =>
        run(node, vitest(project, report, rest), { env, mayFail: true }),
      );
      const outcome = readReport(report);
      passed += outcome.passed;
      failures.push(...outcome.failures);
      if (code !== 0 && outcome.failures.length === 0)
        failures.push(`${project} tests ended with exit code ${code}`);
      if (code === 130) break;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  for (const failure of failures) process.stdout.write(`\nFAILED ${failure}\n`);
  process.stdout.write(`\n${passed} passed, ${failures.length} failed\n`);
  return failures.length === 0 && passed > 0 ? 0 : 1;
}

/** @param {string} project @param {string} report @param {readonly string[]} rest */
function vitest(project, report, rest) {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  return [bin('vitest'), 'run', '--project', project, '--passWithNoTests', ...reporters, ...rest];
}

/**
 * @typedef {{ status: string, fullName: string, failureMessages: string[] }} TestResult
 * @typedef {{ name: string, status: string, message: string, assertionResults: TestResult[] }} FileResult
 */

/**
 * @param {string} report
 * @returns {{ passed: number, failures: string[] }} a text for each failed test, and for each file that broke outside of its tests
 */
function readReport(report) {
  if (!existsSync(report)) return { passed: 0, failures: ['the tests ended without a report'] };
  const { numPassedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  return { passed: numPassedTests, failures: testResults.flatMap(failuresOf) };
}

/** @param {FileResult} file */
function failuresOf(file) {
  const failed = file.assertionResults.filter(({ status }) => status === 'failed');
  if (failed.length === 0 && file.status === 'failed') return [`${file.name}\n${file.message}`];
  return failed.map((test) => `${file.name}: ${test.fullName}\n${test.failureMessages.join('\n')}`);
}
