import { stringAt } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import { repositoryFields, shownOf } from './fields.ts';

const LOGIN_KEYS = [
  'username',
  'password',
  'bearerToken',
  'sshPrivateKey',
  'tlsClientCertData',
  'githubAppPrivateKey',
  'gcpServiceAccountKey',
  'azureServicePrincipalClientSecret',
] as const;

/** True for a repository that brings a login of its own. */
export const hasLogin = (message: JsonObject): boolean =>
  LOGIN_KEYS.some((key) => (stringAt(message, key) ?? '') !== '') ||
  message['useAzureWorkloadIdentity'] === true;

/** A repository as clients may see it: nothing that logs in, also not inside the address of its proxy. */
export function shownRepository(message: JsonObject): JsonObject {
  const insecure = ['insecure', 'insecureIgnoreHostKey', 'insecureOCIForceHttp'].some(
    (key) => message[key] === true,
  );
  const { proxy, ...shown } = shownOf(repositoryFields, message);
  return {
    ...shown,
    ...(insecure ? { insecure } : {}),
    ...(typeof proxy === 'string' ? { proxy: withoutLogin(proxy) } : {}),
  };
}

/** What is said of a repository that was just written. */
export const receiptOf = (message: JsonObject): JsonObject =>
  Object.fromEntries(
    ['repo', 'type', 'name'].flatMap((key) => {
      const value = stringAt(message, key) ?? '';
      return value === '' ? [] : [[key, value]];
    }),
  );

const withoutLogin = (proxy: string): string => proxy.replace(/^([a-z][a-z0-9+.-]*:\/\/)?[^/]*@/iu, '$1');
