import type { GitAddress } from './address.ts';

export type Setting = readonly [key: string, value: string];

/**
 * Configuration of every git command. There is no other: the system's and the user's files are not read.
 * Protocols are closed but the one that the repository's URL names, so that no redirect, submodule or
 * alternate reaches a local file or a helper program.
 */
export function baseSettings(address: GitAddress | undefined): readonly Setting[] {
  return [
    ['protocol.allow', 'never'],
    ...(address === undefined ? [] : [[`protocol.${address.scheme}.allow`, 'always'] as const]),
    ['core.hooksPath', '/dev/null'],
    ['credential.helper', ''],
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
    ['submodule.recurse', 'false'],
    ['fetch.recurseSubmodules', 'false'],
    ['fetch.writeCommitGraph', 'false'],
    ['transfer.bundleURI', 'false'],
    ['advice.detachedHead', 'false'],
  ];
}

/** Settings as environment variables: they never show in a process list. */
export function settingsEnvironment(settings: readonly Setting[]): Record<string, string> {
  const env: Record<string, string> = { GIT_CONFIG_COUNT: String(settings.length) };
  settings.forEach(([key, value], index) => {
    env[`GIT_CONFIG_KEY_${index}`] = key;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return env;
}

/** The environment that keeps git to itself: no prompt, no configuration files, no locks for reading. */
export const QUIET_ENVIRONMENT: Readonly<Record<string, string>> = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_LFS_SKIP_SMUDGE: '1',
};
