import type { JsonObject, JsonValue } from '@tiphys/model';

/** How a value stands in the data of a secret: as it is, as `true`, or as digits. */
type Kind = 'text' | 'flag' | 'integer';

/** A field of a message of the API that a secret keeps (wire/secrets.tsv). */
export interface SecretField {
  /** Its JSON key. */
  readonly key: string;
  readonly secretKey: string;
  readonly kind: Kind;
  /** How a message that two specs differ names it. */
  readonly label: string;
  /** False for what never leaves the server. */
  readonly isShown: boolean;
}

type Row = readonly [
  key: string,
  label: string,
  kind: Kind,
  visibility: 'shown' | 'hidden',
  secretKey?: string,
];

const fieldOf = ([key, label, kind, visibility, secretKey = key]: Row): SecretField => ({
  key,
  label,
  kind,
  secretKey,
  isShown: visibility === 'shown',
});

/** Of a repository, in the order in which differences are told. */
export const repositoryFields: readonly SecretField[] = (
  [
    ['repo', 'Repo', 'text', 'shown', 'url'],
    ['username', 'Username', 'text', 'hidden'],
    ['password', 'Password', 'text', 'hidden'],
    ['sshPrivateKey', 'SSHPrivateKey', 'text', 'hidden'],
    ['insecureIgnoreHostKey', 'InsecureIgnoreHostKey', 'flag', 'hidden'],
    ['insecure', 'Insecure', 'flag', 'shown'],
    ['enableLfs', 'EnableLFS', 'flag', 'shown'],
    ['tlsClientCertData', 'TLSClientCertData', 'text', 'hidden'],
    ['tlsClientCertKey', 'TLSClientCertKey', 'text', 'hidden'],
    ['type', 'Type', 'text', 'shown'],
    ['name', 'Name', 'text', 'shown'],
    ['enableOCI', 'EnableOCI', 'flag', 'shown'],
    ['githubAppPrivateKey', 'GithubAppPrivateKey', 'text', 'hidden'],
    ['githubAppID', 'GithubAppId', 'integer', 'shown'],
    ['githubAppInstallationID', 'GithubAppInstallationId', 'integer', 'shown'],
    ['githubAppEnterpriseBaseUrl', 'GitHubAppEnterpriseBaseURL', 'text', 'shown'],
    ['proxy', 'Proxy', 'text', 'shown'],
    ['project', 'Project', 'text', 'shown'],
    ['gcpServiceAccountKey', 'GCPServiceAccountKey', 'text', 'hidden'],
    ['forceHttpBasicAuth', 'ForceHttpBasicAuth', 'flag', 'shown'],
    ['noProxy', 'NoProxy', 'text', 'shown'],
    ['useAzureWorkloadIdentity', 'UseAzureWorkloadIdentity', 'flag', 'shown'],
    ['bearerToken', 'BearerToken', 'text', 'hidden'],
    ['insecureOCIForceHttp', 'InsecureOCIForceHttp', 'flag', 'hidden'],
    ['depth', 'Depth', 'integer', 'shown'],
    ['webhookManifestCacheWarmDisabled', 'WebhookManifestCacheWarmDisabled', 'flag', 'hidden'],
    ['azureServicePrincipalClientId', 'AzureServicePrincipalClientId', 'text', 'shown'],
    ['azureServicePrincipalClientSecret', 'AzureServicePrincipalClientSecret', 'text', 'hidden'],
    ['azureServicePrincipalTenantId', 'AzureServicePrincipalTenantId', 'text', 'shown'],
    ['azureActiveDirectoryEndpoint', 'AzureActiveDirectoryEndpoint', 'text', 'shown'],
  ] as const satisfies readonly Row[]
).map(fieldOf);

/** Of credentials for all repositories below an address. */
export const credentialFields: readonly SecretField[] = (
  [
    ['url', 'URL', 'text', 'shown'],
    ['username', 'Username', 'text', 'shown'],
    ['password', 'Password', 'text', 'hidden'],
    ['sshPrivateKey', 'SSHPrivateKey', 'text', 'hidden'],
    ['tlsClientCertData', 'TLSClientCertData', 'text', 'hidden'],
    ['tlsClientCertKey', 'TLSClientCertKey', 'text', 'hidden'],
    ['githubAppPrivateKey', 'GithubAppPrivateKey', 'text', 'hidden'],
    ['githubAppID', 'GithubAppId', 'integer', 'hidden'],
    ['githubAppInstallationID', 'GithubAppInstallationId', 'integer', 'hidden'],
    ['githubAppEnterpriseBaseUrl', 'GitHubAppEnterpriseBaseURL', 'text', 'hidden'],
    ['enableOCI', 'EnableOCI', 'flag', 'hidden'],
    ['type', 'Type', 'text', 'hidden'],
    ['gcpServiceAccountKey', 'GCPServiceAccountKey', 'text', 'hidden'],
    ['proxy', 'Proxy', 'text', 'hidden'],
    ['forceHttpBasicAuth', 'ForceHttpBasicAuth', 'flag', 'hidden'],
    ['noProxy', 'NoProxy', 'text', 'hidden'],
    ['useAzureWorkloadIdentity', 'UseAzureWorkloadIdentity', 'flag', 'hidden'],
    ['bearerToken', 'BearerToken', 'text', 'hidden'],
    ['insecureOCIForceHttp', 'InsecureOCIForceHttp', 'flag', 'hidden'],
    [
      'azureServicePrincipalClientId',
      'AzureServicePrincipalClientId',
      'text',
      'hidden',
      'azureServicePrincipalClientID',
    ],
    ['azureServicePrincipalClientSecret', 'AzureServicePrincipalClientSecret', 'text', 'hidden'],
    [
      'azureServicePrincipalTenantId',
      'AzureServicePrincipalTenantId',
      'text',
      'hidden',
      'azureServicePrincipalTenantID',
    ],
    ['azureActiveDirectoryEndpoint', 'AzureActiveDirectoryEndpoint', 'text', 'hidden'],
  ] as const satisfies readonly Row[]
).map(fieldOf);

/** What is empty in the API counts as not there. */
const isEmpty = (value: JsonValue | undefined): boolean =>
  value === undefined || value === null || value === '' || value === false || value === 0 || value === '0';

function asText(value: JsonValue | undefined): string {
  if (isEmpty(value)) return '';
  return typeof value === 'string' ? value : typeof value === 'object' ? '' : String(value);
}

/** The message of the API that a secret's data stand for, with everything secret in it. */
export function messageOfData(
  fields: readonly SecretField[],
  data: Readonly<Record<string, string>>,
): JsonObject {
  const entries = fields.map(
    ({ key, secretKey, kind }) => [key, valueOf(kind, data[secretKey] ?? '')] as const,
  );
  return Object.fromEntries(entries.filter(([, value]) => !isEmpty(value)));
}

function valueOf(kind: Kind, text: string): JsonValue {
  switch (kind) {
    case 'text':
      return text;
    case 'flag':
      return text.trim().toLowerCase() === 'true';
    case 'integer':
      return Number.isSafeInteger(Number(text)) ? Number(text) : 0;
  }
}

/** The data of a secret for a message; a key that was there before stays, emptied where it has to. */
export function dataOfMessage(
  fields: readonly SecretField[],
  message: JsonObject,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const data: Record<string, string> = { ...before };
  for (const { key, secretKey, kind } of fields) {
    const text = asText(message[key]);
    if (text !== '') data[secretKey] = text;
    else if (secretKey in before) data[secretKey] = kind === 'flag' ? 'false' : kind === 'integer' ? '0' : '';
  }
  return data;
}

/** What of a message clients may see. */
export const shownOf = (fields: readonly SecretField[], message: JsonObject): JsonObject =>
  Object.fromEntries(
    fields
      .filter(({ key, isShown }) => isShown && !isEmpty(message[key]))
      .map(({ key }) => [key, message[key]]),
  );

/** Names of the fields in which two messages differ, in their order; never a value. */
export const differencesOf = (
  fields: readonly SecretField[],
  one: JsonObject,
  other: JsonObject,
): readonly string[] =>
  fields.filter(({ key }) => asText(one[key]) !== asText(other[key])).map(({ label }) => label);
