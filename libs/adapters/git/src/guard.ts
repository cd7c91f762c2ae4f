import { vulnerabilityCheck } from '@simple-git/argv-parser';
import { TiphysError } from '@tiphys/model';

/** What the guard refuses and we do on purpose, each with its reason. All else it finds is a fault of ours. */
const ALLOWED: Readonly<Record<string, string>> = {
  allowUnsafeConfigEnvCount: 'settings travel in the environment, so that tokens are in no process list',
  allowUnsafeConfigPaths: 'GIT_CONFIG_GLOBAL=/dev/null turns configuration files off',
  allowUnsafeHooksPath: 'core.hooksPath=/dev/null turns hooks off',
  allowUnsafeProtocolOverride: 'protocol.allow=never closes protocols; one of https, http, ssh is opened',
  allowUnsafeCredentialHelper: 'credential.helper is emptied',
  allowUnsafeSshCommand: 'ssh -F with a configuration file that this adapter wrote, in a path that it chose',
};

/** The second lock after our own checks: refuses a git command that could run or read anything else. */
export function assertHarmless(args: readonly string[], env: Readonly<Record<string, string>>): void {
  const found = vulnerabilityCheck(args, env).find((finding) => ALLOWED[finding.category] === undefined);
  if (found !== undefined) throw new TiphysError('internal', `git was not started: ${found.message}`);
}
