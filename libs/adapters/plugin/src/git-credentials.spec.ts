import { describe, expect, it } from 'vitest';
import type { Repository } from '@tiphys/model';
import { credentialSecrets, gitCredentialVariables } from './git-credentials.ts';

const repository = (rest: Partial<Repository>): Repository => ({
  url: 'https://git.example.com:8443/team/shop.git',
  type: 'git',
  ...rest,
});
const origin = 'http.https://git.example.com:8443/';

describe('the login that a plugin gets', () => {
  it('is a header for the host of the repository only', () => {
    const variables = gitCredentialVariables(repository({ username: 'u', password: 'p' }));
    expect(variables).toEqual({
      GIT_TERMINAL_PROMPT: '0',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `${origin}.extraHeader`,
      GIT_CONFIG_VALUE_0: 'Authorization: Basic dTpw',
    });
    expect(credentialSecrets(repository({ username: 'u', password: 'p' }))).toEqual(['p', 'dTpw']);
  });

  it('takes a bearer token, a proxy and a certificate that is not checked', () => {
    const variables = gitCredentialVariables(
      repository({ bearerToken: 't', insecure: true, proxy: 'http://proxy:3128' }),
    );
    expect(variables).toMatchObject({
      GIT_CONFIG_COUNT: '3',
      GIT_CONFIG_VALUE_0: 'Authorization: Bearer t',
      GIT_CONFIG_KEY_1: `${origin}.sslVerify`,
      GIT_CONFIG_KEY_2: `${origin}.proxy`,
    });
  });

  it.each([
    ['a public repository', {}],
    ['ssh', { url: 'git@git.example.com:team/shop.git', sshPrivateKey: 'key' }],
  ])('is nothing for %s', (_name, rest) => {
    expect(gitCredentialVariables(repository(rest))).toEqual({});
    expect(credentialSecrets(repository(rest))).toEqual([]);
  });
});
