import type { CloudLogin, Repository } from '@tiphys/model';

/** The decoded data of a secret. */
export type SecretData = Readonly<Record<string, string>>;

const text = (data: SecretData, key: string): string | undefined => {
  const value = data[key]?.trim();
  return value === undefined || value === '' ? undefined : value;
};

const flag = (data: SecretData, key: string): boolean => text(data, key)?.toLowerCase() === 'true';

/** Login material of a repository or a credential template. */
type Credentials = Pick<
  Repository,
  | 'username'
  | 'password'
  | 'bearerToken'
  | 'sshPrivateKey'
  | 'tlsClientCertData'
  | 'tlsClientCertKey'
  | 'cloudLogin'
>;

const credentialKeys = [
  'username',
  'password',
  'bearerToken',
  'sshPrivateKey',
  'tlsClientCertData',
  'tlsClientCertKey',
] as const;

function credentialsOf(data: SecretData): Credentials {
  const entries = credentialKeys.map((key) => [key, data[key] === '' ? undefined : data[key]] as const);
  const hasOwn = ['password', 'bearerToken', 'sshPrivateKey'].some((key) => text(data, key) !== undefined);
  const cloudLogin = hasOwn ? undefined : cloudLoginOf(data);
  return {
    ...Object.fromEntries(entries.filter(([, value]) => value !== undefined)),
    ...(cloudLogin === undefined ? {} : { cloudLogin }),
  };
}

/** A proof that is exchanged for a login; the spelling `...ID` is that of templates. Half of one counts as none. */
function cloudLoginOf(data: SecretData): CloudLogin | undefined {
  const appId = number(data, 'githubAppID');
  const privateKey = data['githubAppPrivateKey'] ?? '';
  if (appId !== undefined && privateKey !== '') {
    const installationId = number(data, 'githubAppInstallationID');
    const apiUrl = text(data, 'githubAppEnterpriseBaseUrl');
    return {
      type: 'github-app',
      appId,
      privateKey,
      ...(installationId === undefined ? {} : { installationId }),
      ...(apiUrl === undefined ? {} : { apiUrl }),
    };
  }
  const serviceAccountKey = text(data, 'gcpServiceAccountKey');
  if (serviceAccountKey !== undefined) return { type: 'google', serviceAccountKey };
  return azureLoginOf(data);
}

function azureLoginOf(data: SecretData): CloudLogin | undefined {
  if (flag(data, 'useAzureWorkloadIdentity')) return { type: 'azure-workload-identity' };
  const clientId = text(data, 'azureServicePrincipalClientId') ?? text(data, 'azureServicePrincipalClientID');
  const tenantId = text(data, 'azureServicePrincipalTenantId') ?? text(data, 'azureServicePrincipalTenantID');
  const clientSecret = text(data, 'azureServicePrincipalClientSecret');
  if (clientId === undefined || tenantId === undefined || clientSecret === undefined) return undefined;
  const endpoint = text(data, 'azureActiveDirectoryEndpoint');
  return {
    type: 'azure-service-principal',
    clientId,
    clientSecret,
    tenantId,
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}

/** Digits, of which zero stands for none. */
const number = (data: SecretData, key: string): string | undefined => {
  const value = text(data, key);
  return value !== undefined && /^[0-9]*[1-9][0-9]*$/u.test(value) ? value : undefined;
};

/** Fields that a repository and a template have in common besides the login. */
function commonOf(data: SecretData): Pick<Repository, 'type'> & Partial<Repository> {
  const type = text(data, 'type');
  const proxy = text(data, 'proxy');
  const noProxy = text(data, 'noProxy');
  return {
    type: type === 'helm' || type === 'oci' ? type : 'git',
    ...(flag(data, 'enableOCI') ? { enableOci: true } : {}),
    ...(flag(data, 'insecureOCIForceHttp') ? { insecureOciForceHttp: true } : {}),
    ...(flag(data, 'forceHttpBasicAuth') ? { forceBasicAuth: true } : {}),
    ...(proxy === undefined ? {} : { proxy }),
    ...(noProxy === undefined ? {} : { noProxy }),
  };
}

/** A repository from its secret (wire/secrets.tsv); undefined where the secret names no URL. */
export function parseRepositorySecret(data: SecretData): Repository | undefined {
  const url = text(data, 'url');
  if (url === undefined) return undefined;
  const name = text(data, 'name');
  const project = text(data, 'project');
  const depth = Number(text(data, 'depth') ?? 0);
  return {
    url,
    ...commonOf(data),
    ...credentialsOf(data),
    ...(name === undefined ? {} : { name }),
    ...(project === undefined ? {} : { project }),
    ...(flag(data, 'insecure') || flag(data, 'insecureIgnoreHostKey') ? { insecure: true } : {}),
    ...(flag(data, 'enableLfs') ? { enableLfs: true } : {}),
    ...(Number.isInteger(depth) && depth > 0 ? { depth } : {}),
  };
}

/** A credential template from its secret: serves every repository whose URL begins with its own. */
export function parseCredentialTemplate(data: SecretData): Repository | undefined {
  const url = text(data, 'url');
  return url === undefined ? undefined : { url, ...commonOf(data), ...credentialsOf(data) };
}
