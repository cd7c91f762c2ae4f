import { describe, expect, it } from 'vitest';
import type { JsonValue } from '@tiphys/model';
import {
  findRepository,
  parseControlSettings,
  parseCredentialTemplate,
  parseRepositorySecret,
  type RepositorySettings,
} from './index.ts';

describe('repository secrets', () => {
  it('are read field by field, empty ones as absent', () => {
    expect(
      parseRepositorySecret({
        url: 'https://x/y',
        username: 'u',
        password: 'p',
        type: '',
        project: '',
        insecure: 'true',
      }),
    ).toEqual({
      url: 'https://x/y',
      type: 'git',
      username: 'u',
      password: 'p',
      insecure: true,
    });
    expect(parseRepositorySecret({ url: 'r/charts', type: 'helm', enableOCI: 'true', name: 'c' })).toEqual({
      url: 'r/charts',
      type: 'helm',
      enableOci: true,
      name: 'c',
    });
    expect(parseRepositorySecret({ username: 'u' })).toBeUndefined();
  });

  it('keep the line ends of a key', () => {
    const key = '-----BEGIN KEY-----\nx\n-----END KEY-----\n';
    expect(parseCredentialTemplate({ url: 'ssh://h', sshPrivateKey: key })?.sshPrivateKey).toBe(key);
  });

  const app = { githubAppID: '7', githubAppPrivateKey: 'PEM\n' };
  const principal = { azureServicePrincipalClientSecret: 's' };
  it.each<[string, Record<string, string>, object | undefined]>([
    ['an App', app, { type: 'github-app', appId: '7', privateKey: 'PEM\n' }],
    [
      'an App of an installation elsewhere',
      { ...app, githubAppInstallationID: '9', githubAppEnterpriseBaseUrl: 'https://h/api/v3' },
      {
        ...{ type: 'github-app', appId: '7', privateKey: 'PEM\n' },
        installationId: '9',
        apiUrl: 'https://h/api/v3',
      },
    ],
    ['an App beside a password', { ...app, password: 'p' }, undefined],
    ['an App without a key', { githubAppID: '7' }, undefined],
    ['an App by the number zero', { ...app, githubAppID: '0' }, undefined],
    ['a Google account', { gcpServiceAccountKey: '{}' }, { type: 'google', serviceAccountKey: '{}' }],
    ['the identity of the pod', { useAzureWorkloadIdentity: 'true' }, { type: 'azure-workload-identity' }],
    [
      'a principal of a repository',
      { ...principal, azureServicePrincipalClientId: 'c', azureServicePrincipalTenantId: 't' },
      { type: 'azure-service-principal', clientId: 'c', clientSecret: 's', tenantId: 't' },
    ],
    [
      'a principal of a template',
      {
        ...principal,
        azureServicePrincipalClientID: 'c',
        azureServicePrincipalTenantID: 't',
        azureActiveDirectoryEndpoint: 'https://h',
      },
      {
        ...{ type: 'azure-service-principal', clientId: 'c', clientSecret: 's', tenantId: 't' },
        endpoint: 'https://h',
      },
    ],
    ['a principal without a tenant', { ...principal, azureServicePrincipalClientId: 'c' }, undefined],
  ])('of %s are exchanged for a login', (_name, data, cloudLogin) => {
    expect(parseRepositorySecret({ url: 'https://h/r', ...data })?.cloudLogin).toEqual(cloudLogin);
    expect(parseCredentialTemplate({ url: 'https://h/', ...data })?.cloudLogin).toEqual(cloudLogin);
  });
});

describe('findRepository', () => {
  const settings: RepositorySettings = {
    repositories: [
      { url: 'https://git.example.com/a.git', type: 'git', username: 'shared', password: 'p' },
      { url: 'https://git.example.com/a', type: 'git', username: 'mine', password: 'p', project: 'team' },
      { url: 'https://git.example.com/bare', type: 'git' },
      { url: 'https://git.example.com/theirs', type: 'git', username: 'x', password: 'p', project: 'other' },
    ],
    templates: [
      { url: 'https://git.example.com/', type: 'git', username: 'broad', password: 'p' },
      { url: 'https://git.example.com/ba', type: 'git', username: 'narrow', password: 'p' },
    ],
    tlsCertificates: { 'git.example.com': 'PEM' },
    knownHosts: 'git.example.com ssh-ed25519 AAAA',
  };
  const user = (repoURL: string, project = 'default') =>
    findRepository(settings, { repoURL }, project).username;

  it.each([
    ['the shared secret', 'https://git.example.com/a', 'default', 'shared'],
    ['the secret of the project', 'https://git.example.com/a.git', 'team', 'mine'],
    ['the longest template', 'https://git.example.com/bare', 'default', 'narrow'],
    ['a template without a secret', 'https://git.example.com/zzz', 'default', 'broad'],
    ['not the secret of another project', 'https://git.example.com/theirs', 'default', 'broad'],
    ['nothing elsewhere', 'https://elsewhere.example.com/a', 'default', undefined],
  ])('takes %s', (_name, url, project, expected) => expect(user(url, project)).toBe(expected));

  it('adds what to trust and guesses the kind', () => {
    const found = findRepository(settings, { repoURL: 'https://git.example.com/a' }, 'default');
    expect(found).toMatchObject({ caPem: 'PEM', knownHosts: settings.knownHosts, type: 'git' });
    expect(
      findRepository(settings, { repoURL: 'https://charts.example.com', chart: 'web' }, 'default').type,
    ).toBe('helm');
    expect(findRepository(settings, { repoURL: 'oci://r.example.com/web' }, 'default').type).toBe('oci');
  });
});

describe('parseControlSettings', () => {
  const read = (text: string): JsonValue => JSON.parse(text) as JsonValue;

  it('has the defaults of the reference', () => {
    expect(parseControlSettings({}, read)).toMatchObject({
      tracking: { method: 'annotation', labelKey: 'app.kubernetes.io/instance', installationId: '' },
      exclusions: [],
      helmValuesFileSchemes: ['https', 'http'],
      mistakes: [],
    });
  });

  it('reads filters and switches, and turns remote values off where told', () => {
    const settings = parseControlSettings(
      {
        'resource.exclusions': '[{"apiGroups":["x"],"kinds":["Y"]}]',
        'helm.enable': 'false',
        'helm.valuesFileSchemes': '',
      },
      read,
    );
    expect(settings.exclusions).toEqual([{ apiGroups: ['x'], kinds: ['Y'], clusters: [] }]);
    expect([settings.disabledTools, settings.helmValuesFileSchemes]).toEqual([['Helm'], []]);
  });

  it('names mistakes and goes on', () => {
    const settings = parseControlSettings(
      { 'application.resourceTrackingMethod': 'magic', 'resource.exclusions': '{' },
      read,
    );
    expect(settings.tracking.method).toBe('annotation');
    expect(settings.mistakes.map((mistake) => mistake.split(':')[0])).toEqual([
      'application.resourceTrackingMethod',
      'resource.exclusions',
    ]);
  });
});
