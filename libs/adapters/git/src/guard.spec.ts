import { describe, expect, it } from 'vitest';
import { assertHarmless } from './guard.ts';
import { baseSettings, QUIET_ENVIRONMENT, settingsEnvironment } from './settings.ts';
import { parseAddress } from './address.ts';

const env = {
  ...QUIET_ENVIRONMENT,
  GIT_SSH_COMMAND: 'ssh -F /x/config',
  ...settingsEnvironment(baseSettings(parseAddress('https://h/x'))),
};

describe('assertHarmless', () => {
  it('lets our own commands through', () => {
    expect(() => assertHarmless(['ls-remote', '--quiet', '--', 'https://h/x'], env)).not.toThrow();
    const fetch = ['--git-dir', '/m', 'fetch', '--depth=1', '--', 'https://h/x', '+abc:refs/tiphys/abc'];
    expect(() => assertHarmless(fetch, env)).not.toThrow();
  });

  it.each([
    [['fetch', '--upload-pack=id', 'x'], {}],
    [['-c', 'core.sshCommand=id', 'fetch', 'x'], {}],
    [['-c', 'core.fsmonitor=id', 'status'], {}],
    [['fetch', 'x'], { GIT_PROXY_COMMAND: 'id' }],
    [['fetch', 'x'], { GIT_EDITOR: 'id' }],
  ])('stops %j', (args, more) => {
    expect(() => assertHarmless(args, { ...env, ...more })).toThrow(
      expect.objectContaining({ code: 'internal' }),
    );
  });
});
