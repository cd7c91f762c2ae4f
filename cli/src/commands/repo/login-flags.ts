import { readFile } from 'node:fs/promises';
import type { JsonObject } from '@tiphys/model';
import { exitCodes, Failure } from '../../program/failure.ts';
import type { FlagSet, FlagValues } from '../../program/definition.ts';
import type { Prompter } from '../../program/prompter.ts';

const text = (describe: string) => ({ kind: 'text', describe }) as const;
const file = (describe: string) => ({ kind: 'text', describe, placeholder: 'path' }) as const;
const toggle = (describe: string) => ({ kind: 'switch', describe }) as const;

/** How to log in to a repository, or to all below an address. */
export const loginFlags = {
  type: { kind: 'text', default: 'git', describe: 'git, helm or oci' },
  username: text('User'),
  password: text('Password; asked for where a user is given without it'),
  'bearer-token': text('Token that is sent in place of user and password'),
  'ssh-private-key-path': file('File with the private key for ssh'),
  'tls-client-cert-path': file('File with the client certificate in PEM'),
  'tls-client-cert-key-path': file('File with its key in PEM'),
  'github-app-id': { kind: 'integer', describe: 'Id of the GitHub App' },
  'github-app-installation-id': { kind: 'integer', describe: 'Id of its installation' },
  'github-app-private-key-path': file('File with its private key'),
  'github-app-enterprise-base-url': text('API of a GitHub of your own'),
  'gcp-service-account-key-path': file('File with the key of a Google Cloud service account'),
  'azure-service-principal-client-id': text('Client id of the Azure service principal'),
  'azure-service-principal-client-secret': text('Its secret'),
  'azure-service-principal-tenant-id': text('Its tenant'),
  'azure-active-directory-endpoint': text('Where it logs in'),
  'use-azure-workload-identity': toggle('Log in by the identity of the workload in Azure'),
  'force-http-basic-auth': toggle('Send the login without being asked for it'),
  'enable-oci': toggle('The Helm repository is an OCI registry'),
  'insecure-oci-force-http': toggle('Talk plain HTTP to the OCI registry'),
  proxy: text('HTTP proxy'),
  'no-proxy': text('Hosts that are reached without it, separated by commas'),
  upsert: toggle('Replace one that differs'),
} as const satisfies FlagSet;

export type LoginValues = FlagValues<typeof loginFlags>;

const fail = (message: string): Failure => new Failure(message, { exitCode: exitCodes.general });

/** The fields of the API that the flags stand for. @throws Failure for flags that do not go together */
export async function loginOf(url: string, flags: LoginValues, prompter: Prompter): Promise<JsonObject> {
  checkLogin(url, flags);
  const password =
    flags.username !== undefined && flags.password === undefined && flags['bearer-token'] === undefined
      ? await prompter.askSecret('Password: ')
      : flags.password;
  return present({
    type: flags.type,
    username: flags.username,
    password,
    bearerToken: flags['bearer-token'],
    sshPrivateKey: await contentOf(flags['ssh-private-key-path']),
    tlsClientCertData: await contentOf(flags['tls-client-cert-path']),
    tlsClientCertKey: await contentOf(flags['tls-client-cert-key-path']),
    githubAppID: flags['github-app-id'],
    githubAppInstallationID: flags['github-app-installation-id'],
    githubAppPrivateKey: await contentOf(flags['github-app-private-key-path']),
    githubAppEnterpriseBaseUrl: flags['github-app-enterprise-base-url'],
    gcpServiceAccountKey: await contentOf(flags['gcp-service-account-key-path']),
    azureServicePrincipalClientId: flags['azure-service-principal-client-id'],
    azureServicePrincipalClientSecret: flags['azure-service-principal-client-secret'],
    azureServicePrincipalTenantId: flags['azure-service-principal-tenant-id'],
    azureActiveDirectoryEndpoint: flags['azure-active-directory-endpoint'],
    useAzureWorkloadIdentity: flags['use-azure-workload-identity'],
    forceHttpBasicAuth: flags['force-http-basic-auth'],
    enableOCI: flags['enable-oci'],
    insecureOCIForceHttp: flags['insecure-oci-force-http'],
    proxy: flags.proxy,
    noProxy: flags['no-proxy'],
  });
}

function checkLogin(url: string, flags: LoginValues): void {
  const isSsh = /^ssh:\/\//i.test(url) || /^[^@/:]+@[^/:]+:/.test(url);
  const isHttps = /^https:\/\//i.test(url);
  if (flags['ssh-private-key-path'] !== undefined && !isSsh)
    throw fail('--ssh-private-key-path is only supported for SSH repositories.');
  const [cert, key] = [flags['tls-client-cert-path'], flags['tls-client-cert-key-path']];
  if ((cert === undefined) !== (key === undefined))
    throw fail('--tls-client-cert-path and --tls-client-cert-key-path must be always specified together');
  if (cert !== undefined && !isHttps)
    throw fail('--tls-client-cert-path is only supported for HTTPS repositories');
}

/** What is empty, false or not given is not sent. */
export const present = (fields: Readonly<Record<string, JsonObject[string]>>): JsonObject =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== '' && value !== false),
  );

async function contentOf(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  return readText(path);
}

/** @throws Failure that names the file */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new Failure(`cannot read ${path}`, { exitCode: exitCodes.general, cause });
  }
}
