import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '@tiphys/model';
import { baseUrls, dexConnectors, parseSso } from './sso.ts';

const readYaml = (text: string): JsonValue => load(text) as JsonValue;
const secrets: Readonly<Record<string, string>> = { 'oidc.secret': 's3cret', 'other:key': 'elsewhere' };
const sources = { readYaml, secretOf: (reference: string) => secrets[reference], dexSecret: 'dex-secret' };
const parse = (data: Readonly<Record<string, string>>): ReturnType<typeof parseSso> =>
  parseSso({ url: 'https://cd.example.com/', ...data }, sources);
const oidc = (lines: string): string => `issuer: https://id.example.com\nclientID: web\n${lines}`;
const dex = 'connectors:\n- { type: github, id: gh, name: GitHub, config: { clientSecret: hidden } }\n';

describe('logins by an identity provider', () => {
  it('have defaults', () => {
    expect(parse({ 'oidc.config': oidc('cliClientID: cli') })).toEqual({
      kind: 'oidc',
      name: '',
      issuer: 'https://id.example.com',
      clientId: 'web',
      cliClientId: 'cli',
      clientSecret: '',
      scopes: ['openid', 'profile', 'email', 'groups'],
      idTokenClaims: {},
      audiences: ['web', 'cli'],
      allowNoAudience: false,
      rootCa: '',
      logoutUrl: '',
      domainHint: '',
      pkceInClients: false,
      useWorkloadIdentity: false,
      userInfo: undefined,
      refreshThresholdText: '',
    });
  });

  it.each([
    ['clientSecret: $oidc.secret', { clientSecret: 's3cret' }],
    ['clientSecret: $other:key', { clientSecret: 'elsewhere' }],
    ['clientSecret: $unknown', { clientSecret: '$unknown' }],
    ['clientSecret: a$oidc.secret', { clientSecret: 'a$oidc.secret' }],
    ['allowedAudiences: [a, b]', { audiences: ['a', 'b'] }],
    ['requestedScopes: [openid]', { scopes: ['openid'] }],
    [
      'requestedIDTokenClaims: { groups: { essential: true } }',
      { idTokenClaims: { groups: { essential: true } } },
    ],
    ['skipAudienceCheckWhenTokenHasNoAudience: true', { allowNoAudience: true }],
    ['refreshTokenThreshold: 5m', { refreshThresholdText: '5m' }],
    ['azure: { useWorkloadIdentity: true }', { useWorkloadIdentity: true }],
    ['enableUserInfoGroups: true', { userInfo: { url: '', cacheText: '' } }],
    [
      'enableUserInfoGroups: true\nuserInfoPath: /me\nuserInfoCacheExpiration: 5m',
      { userInfo: { url: 'https://id.example.com/me', cacheText: '5m' } },
    ],
    [
      'enableUserInfoGroups: true\nuserInfoPath: me\nuserInfoBaseURL: https://api.example.com/',
      { userInfo: { url: 'https://api.example.com/me', cacheText: '' } },
    ],
  ])('%j', (lines, expected) => {
    expect(parse({ 'oidc.config': oidc(lines) })).toMatchObject(expected);
  });

  it('by Dex are below the own address, with the clients that Dex knows', () => {
    expect(parse({ 'dex.config': dex })).toMatchObject({
      kind: 'dex',
      issuer: 'https://cd.example.com/api/dex',
      clientId: 'argo-cd',
      cliClientId: 'argo-cd-cli',
      clientSecret: 'dex-secret',
      audiences: ['argo-cd', 'argo-cd-cli'],
      scopes: ['openid', 'profile', 'email', 'groups', 'federated:id'],
    });
    expect(dexConnectors({ 'dex.config': dex }, readYaml)).toEqual([{ name: 'GitHub', type: 'github' }]);
  });

  it('by a provider of their own win over Dex', () => {
    expect(parse({ 'dex.config': dex, 'oidc.config': oidc('') })).toMatchObject({ kind: 'oidc' });
  });

  it.each<Record<string, string>>([
    {},
    { 'oidc.config': '' },
    { 'oidc.config': 'clientID: web' },
    { 'oidc.config': '[]' },
    { 'dex.config': 'connectors: []' },
    { url: '', 'oidc.config': oidc('') },
  ])('are off for %j', (data) => {
    expect(parse(data)).toBeUndefined();
  });
});

it('the addresses of an installation are told without slashes at their ends', () => {
  const additionalUrls = '- https://b.example.com/cd/\n- https://c.example.com\n- 7\n';
  expect(baseUrls({ url: 'https://a.example.com/', additionalUrls }, readYaml)).toEqual([
    'https://a.example.com',
    'https://b.example.com/cd',
    'https://c.example.com',
  ]);
  expect(baseUrls({}, readYaml)).toEqual([]);
});
