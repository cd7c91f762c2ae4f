import { describe, expect, it } from 'vitest';
import type { KubeObject } from '@tiphys/model';
import { messageOf } from '@tiphys/model';
import { clusterOfSecret, inClusterConfig } from './cluster-secret.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const secret = (data: Record<string, string>, rest: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'cluster-a', namespace: 'argocd', ...rest },
  data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)])),
});

const server = 'https://a.example.org:6443';
const withConfig = (config: unknown) =>
  clusterOfSecret(secret({ server, config: JSON.stringify(config) })).credentials;

describe('a cluster secret', () => {
  it('of the least', () => {
    expect(clusterOfSecret(secret({ server }))).toEqual({
      server,
      name: server,
      namespaces: [],
      clusterResources: false,
      project: '',
      labels: {},
      annotations: {},
      credentials: {},
    });
  });

  it('of everything', () => {
    const data = {
      server: `${server}//`,
      name: 'prod',
      namespaces: ' a, b ,,c',
      clusterResources: 'true',
      project: 'team',
      shard: '3',
    };
    const rest = {
      labels: { 'argocd.argoproj.io/secret-type': 'cluster', env: 'prod' },
      annotations: {
        'managed-by': 'argocd.argoproj.io',
        'kubectl.kubernetes.io/last-applied-configuration': '{}',
        note: 'x',
      },
    };
    expect(clusterOfSecret(secret(data, rest))).toMatchObject({
      server,
      name: 'prod',
      namespaces: ['a', 'b', 'c'],
      clusterResources: true,
      project: 'team',
      shard: 3,
      labels: { env: 'prod' },
      annotations: { note: 'x' },
    });
  });

  it.each([
    [{}, {}],
    [
      { bearerToken: 't', tlsClientConfig: { insecure: true } },
      { bearerToken: 't', tlsClientConfig: { insecure: true } },
    ],
    [
      { username: 'u', password: 'p', tlsClientConfig: { insecure: false } },
      { username: 'u', password: 'p', tlsClientConfig: { insecure: false } },
    ],
    [
      {
        tlsClientConfig: {
          caData: base64('CA'),
          certData: base64('CERT'),
          keyData: base64('KEY'),
          serverName: 'n',
        },
      },
      { tlsClientConfig: { caData: 'CA', certData: 'CERT', keyData: 'KEY', serverName: 'n' } },
    ],
    [
      {
        execProviderConfig: {
          command: 'login',
          args: ['a'],
          env: { A: 'b' },
          apiVersion: 'v',
          installHint: 'h',
        },
      },
      {
        execProviderConfig: {
          command: 'login',
          args: ['a'],
          env: { A: 'b' },
          apiVersion: 'v',
          installHint: 'h',
        },
      },
    ],
    [
      { awsAuthConfig: { clusterName: 'c', roleARN: 'arn', profile: 'p' } },
      {
        execProviderConfig: {
          command: 'argocd-k8s-auth',
          args: ['aws', '--cluster-name', 'c', '--role-arn', 'arn', '--profile', 'p'],
          apiVersion: 'client.authentication.k8s.io/v1beta1',
        },
      },
    ],
    [
      { proxyUrl: 'http://p:3128', disableCompression: true, unknown: 1 },
      { proxyUrl: 'http://p:3128', disableCompression: true },
    ],
    [{ bearerToken: '', username: null, tlsClientConfig: { caData: '' } }, { tlsClientConfig: {} }],
  ])('with the config %j', (config, credentials) => {
    expect(withConfig(config)).toEqual(credentials);
  });
});

describe('a wrong cluster secret', () => {
  const odd = 's3cret-value';
  it.each([
    ['server', secret({ name: odd })],
    ['server', secret({ server: odd })],
    ['server', secret({ server: `ftp://${odd}` })],
    ['server', secret({ server: `https://user:${odd}@a` })],
    ['name', { ...secret({}), data: { server: base64(server), name: `${odd}!!` } }],
    ['config', secret({ server, config: `{"bearerToken": ${odd}}` })],
    ['config', secret({ server, config: `["${odd}"]` })],
    ['config', secret({ server, config: `{"__proto__": "${odd}"}` })],
    ['config.bearerToken', secret({ server, config: JSON.stringify({ bearerToken: [odd] }) })],
    [
      'config.tlsClientConfig.insecure',
      secret({ server, config: JSON.stringify({ tlsClientConfig: { insecure: odd } }) }),
    ],
    [
      'config.tlsClientConfig.caData',
      secret({ server, config: JSON.stringify({ tlsClientConfig: { caData: `-----${odd}` } }) }),
    ],
    [
      'config.execProviderConfig.env.A',
      secret({ server, config: JSON.stringify({ execProviderConfig: { command: 'c', env: { A: [odd] } } }) }),
    ],
    [
      'config.execProviderConfig.command',
      secret({ server, config: JSON.stringify({ execProviderConfig: { args: [odd] } }) }),
    ],
  ])('names itself and the key %s, and no value', (key, object) => {
    let error: unknown;
    try {
      clusterOfSecret(object);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'invalid' });
    expect(error).not.toHaveProperty('cause');
    expect(messageOf(error)).toContain(`cluster secret argocd/cluster-a, key ${key}:`);
    expect(messageOf(error)).not.toContain(odd);
  });
});

it('knows its own cluster without a secret', () => {
  expect(inClusterConfig()).toMatchObject({
    server: 'https://kubernetes.default.svc',
    name: 'in-cluster',
    credentials: {},
  });
});
