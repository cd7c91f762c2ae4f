import { readFile } from 'node:fs/promises';
import { TiphysError, type CloudLogin, type Repository } from '@tiphys/model';
import type { HttpFetcher } from '@tiphys/ports';
import { accessTokenSchema, askFor, tokenOf, type Token } from './token-request.ts';

type AzureLogin = Extract<CloudLogin, { readonly type: `azure-${string}` }>;

const AUTHORITY = 'https://login.microsoftonline.com';
/** The application id of Azure DevOps. */
const SCOPE = '499b84ac-1321-427f-aa17-267ca6975798/.default';
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** What the webhook of workload identities puts into a pod's environment. */
export type AzureEnvironment = Readonly<
  Partial<
    Record<
      'AZURE_CLIENT_ID' | 'AZURE_TENANT_ID' | 'AZURE_FEDERATED_TOKEN_FILE' | 'AZURE_AUTHORITY_HOST',
      string
    >
  >
>;

interface Asked {
  readonly authority: string;
  readonly tenant: string;
  readonly form: Readonly<Record<string, string>>;
}

/** A token for Azure DevOps, of the identity of this pod or of a service principal. */
export async function azureToken(
  http: HttpFetcher,
  {
    login,
    repository,
    environment,
    now,
  }: {
    readonly login: AzureLogin;
    readonly repository: Repository;
    readonly environment: AzureEnvironment;
    readonly now: number;
  },
): Promise<Token> {
  const { authority, tenant, form } = await asked(login, environment);
  const url = `${authority.replace(/\/+$/u, '')}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`;
  const request = { url, form: { ...form, scope: SCOPE, grant_type: 'client_credentials' } };
  return tokenOf(await askFor(http, repository, { request, schema: accessTokenSchema }), now);
}

async function asked(login: AzureLogin, environment: AzureEnvironment): Promise<Asked> {
  switch (login.type) {
    case 'azure-service-principal':
      return {
        authority: login.endpoint ?? AUTHORITY,
        tenant: login.tenantId,
        form: { client_id: login.clientId, client_secret: login.clientSecret },
      };
    case 'azure-workload-identity': {
      const tenant = environment.AZURE_TENANT_ID ?? '';
      const client = environment.AZURE_CLIENT_ID ?? '';
      const file = environment.AZURE_FEDERATED_TOKEN_FILE ?? '';
      if (tenant === '' || client === '' || file === '')
        throw new TiphysError(
          'failed-precondition',
          'the repo-server has no workload identity: AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_FEDERATED_TOKEN_FILE ' +
            'are set where its service account is labelled for one',
        );
      return {
        authority: environment.AZURE_AUTHORITY_HOST ?? AUTHORITY,
        tenant,
        form: { client_id: client, client_assertion_type: ASSERTION, client_assertion: await tokenIn(file) },
      };
    }
  }
}

async function tokenIn(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw new TiphysError('failed-precondition', 'the token file of the workload identity cannot be read', {
      cause,
    });
  }
}
