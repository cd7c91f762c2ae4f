import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { providers } from '@tiphys/webhooks';
import type { Proof } from '@tiphys/webhooks';
import { isProven } from './proof.ts';

const body = Buffer.from('{"a":"é"}');
const sign = (algorithm: 'sha256' | 'sha1', key: string): string =>
  createHmac(algorithm, key).update(body).digest('hex');
const basic = (login: string): string => `Basic ${Buffer.from(login).toString('base64')}`;

const proofOf = (name: string): Proof => {
  const found = providers.find((provider) => provider.name === name);
  if (found === undefined) throw new Error(`no provider ${name}`);
  return found.proof;
};

const secrets: Readonly<Record<string, string>> = {
  'webhook.github.secret': 'gh',
  'webhook.gitlab.secret': 'gl',
  'webhook.bitbucket.uuid': '{uuid}',
  'webhook.bitbucketserver.secret': 'bs',
  'webhook.gogs.secret': 'gg',
  'webhook.azuredevops.username': 'user',
  'webhook.azuredevops.password': 'pass:word',
};

const proven = (name: string, headers: Readonly<Record<string, string>>, known = secrets): boolean =>
  isProven(proofOf(name), { headers: (header) => headers[header], body, secret: (key) => known[key] ?? '' });

describe('who sends', () => {
  it.each<[provider: string, headers: Readonly<Record<string, string>>, proven: boolean]>([
    ['github', { 'x-hub-signature-256': `sha256=${sign('sha256', 'gh')}` }, true],
    ['github', { 'x-hub-signature': `sha1=${sign('sha1', 'gh')}` }, true],
    [
      'github',
      { 'x-hub-signature-256': 'sha256=00', 'x-hub-signature': `sha1=${sign('sha1', 'gh')}` },
      false,
    ],
    ['github', { 'x-hub-signature-256': sign('sha256', 'gh') }, false],
    ['github', { 'x-hub-signature-256': `sha256=${sign('sha256', 'other')}` }, false],
    ['github', { 'x-hub-signature-256': `sha256=${sign('sha256', '')}` }, false],
    ['github', { 'x-hub-signature-256': '' }, false],
    ['github', {}, false],
    ['ghcr', { 'x-hub-signature-256': `sha256=${sign('sha256', 'gh')}` }, true],
    ['ghcr', {}, false],
    ['gitlab', { 'x-gitlab-token': 'gl' }, true],
    ['gitlab', { 'x-gitlab-token': 'gl ' }, false],
    ['gitlab', {}, false],
    ['bitbucket', { 'x-hook-uuid': '{uuid}' }, true],
    ['bitbucket', { 'x-hook-uuid': 'uuid' }, false],
    ['bitbucket-server', { 'x-hub-signature': `sha256=${sign('sha256', 'bs')}` }, true],
    ['bitbucket-server', { 'x-hub-signature': `sha1=${sign('sha1', 'bs')}` }, false],
    ['gogs', { 'x-gogs-signature': sign('sha256', 'gg') }, true],
    ['gogs', { 'x-gogs-signature': sign('sha256', 'gg').slice(1) }, false],
    ['azure-devops', { authorization: basic('user:pass:word') }, true],
    ['azure-devops', { authorization: basic('user:pass') }, false],
    ['azure-devops', { authorization: basic('userpass:word') }, false],
    ['azure-devops', { authorization: 'Bearer x' }, false],
    ['azure-devops', {}, false],
  ])('%s with %j: %s', (provider, headers, expected) => {
    expect(proven(provider, headers)).toBe(expected);
  });

  it('is everybody where no secret is set', () => {
    for (const { name } of providers) expect(proven(name, {}, {})).toBe(true);
  });
});
