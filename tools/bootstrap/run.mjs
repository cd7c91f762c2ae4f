// @ts-check
/**
 * Every npm script starts here. Plain JavaScript, as it runs on whatever Node is
 * there, before anything is installed; what it starts runs on Node 24.
 */
import { join } from 'node:path';
import { ensureDependencies, findNode } from './dependencies.mjs';
import { runGate } from './gate.mjs';
import { ensureBuilt, ensureGenerated, ensureToolchain } from './prepare.mjs';
import { passSignalsOn, root, run, StepFailed, withPath } from './process.mjs';
import { runTests } from './tests.mjs';

const usage = 'usage: node tools/bootstrap/run.mjs start | test | bench | ok | build | codegen [arguments]';

/** @param {string | undefined} command @param {string[]} args */
async function main(command, args) {
  if (command === undefined || !['start', 'test', 'bench', 'ok', 'build', 'codegen'].includes(command)) {
    throw new StepFailed(usage, 2);
  }
  await ensureDependencies();
  const node = findNode();
  const nx = { NX_DAEMON: 'false', NX_TUI: 'false' };
  const env = withPath({ ...process.env, ...nx }, [join(root, 'node_modules', '.bin')]);
  await ensureGenerated(node, env);
  switch (command) {
    case 'codegen':
      return 0;
    case 'build':
      await ensureBuilt(node, env);
      return 0;
    case 'bench':
      return (await run(node, ['tools/bench/run.ts', ...args], { env, mayFail: true })).code;
    case 'start': {
      await ensureBuilt(node, env);
      const withTools = await ensureToolchain(node, env, 'start');
      return (await run(node, ['tools/dev/start.ts', ...args], { env: withTools, mayFail: true })).code;
    }
    case 'ok': {
      await ensureBuilt(node, env);
      await runGate(node, await ensureToolchain(node, env, 'test'));
      return 0;
    }
    default: {
      await ensureBuilt(node, env);
      return runTests(node, await ensureToolchain(node, env, 'test'), args);
    }
  }
}

passSignalsOn();
try {
  const [command, ...args] = process.argv.slice(2);
  process.exitCode = await main(command, args);
} catch (error) {
  if (!(error instanceof StepFailed)) throw error;
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = error.exitCode;
}
