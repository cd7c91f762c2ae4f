import { vulnerabilityCheck } from '@simple-git/argv-parser';
import { TiphysError } from '@tiphys/model';

interface Allowance {
  readonly category: string;
  /** What the guard names. */
  readonly what: RegExp;
  readonly reason: string;
}

/** What the guard refuses and we do on purpose. All else that it finds is a fault of ours. */
const ALLOWED: readonly Allowance[] = [
  {
    category: 'allowUnsafeConfigEnvCount',
    what: /"GIT_CONFIG_COUNT"/,
    reason: 'settings travel in the environment, so that tokens are in no process list',
  },
  {
    category: 'allowUnsafeConfigPaths',
    what: /"GIT_CONFIG_GLOBAL"/,
    reason: 'it is /dev/null, which turns configuration files off',
  },
  {
    category: 'allowUnsafeConfigPaths',
    what: /--git-dir\b/,
    reason: 'it is a mirror that this adapter made, with a configuration that it wrote',
  },
  {
    category: 'allowUnsafeHooksPath',
    what: /core\.hooksPath/i,
    reason: 'it is /dev/null, which turns hooks off',
  },
  {
    category: 'allowUnsafeProtocolOverride',
    what: /protocol\.(allow|https\.allow|http\.allow|ssh\.allow)/,
    reason: 'all protocols are closed; the one of https, http and ssh that the URL names is opened',
  },
  { category: 'allowUnsafeCredentialHelper', what: /credential\.helper/, reason: 'it is emptied' },
  {
    category: 'allowUnsafeSshCommand',
    what: /"GIT_SSH_COMMAND"/,
    reason: 'it is ssh -F with a file that this adapter wrote, in a path that it chose',
  },
];

/** The second lock after our own checks: refuses a git command that could run or read anything else. */
export function assertHarmless(args: readonly string[], env: Readonly<Record<string, string>>): void {
  if (args.some((arg) => arg === '-c' || arg.startsWith('--config-env'))) {
    throw new TiphysError('internal', 'git was not started: settings must not be arguments');
  }
  const found = vulnerabilityCheck(args, env).find(
    ({ category, message }) =>
      !ALLOWED.some((allowance) => allowance.category === category && allowance.what.test(message)),
  );
  if (found !== undefined) throw new TiphysError('internal', `git was not started: ${found.message}`);
}
