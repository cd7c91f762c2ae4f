import { status, type ServiceError } from '@grpc/grpc-js';
import { messageOf, TiphysError, type ErrorCode } from '@tiphys/model';

const MAX_DETAILS = 4_000;
const MASK = '******';
const USERINFO = /([a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]+@/gi;

/** A failed call of a plugin as an error for users, bounded and without secrets. */
export function pluginFailure(error: unknown, plugin: string, secrets: readonly string[] = []): TiphysError {
  if (!isServiceError(error)) {
    return new TiphysError('unavailable', `the plugin ${plugin} cannot be asked: ${messageOf(error)}`, {
      cause: error,
    });
  }
  const details = shortened(masked(error.details, secrets));
  return new TiphysError(codeOf(error.code), messageFor(error.code, plugin, details));
}

function codeOf(code: status): ErrorCode {
  switch (code) {
    case status.UNAVAILABLE:
      return 'unavailable';
    case status.CANCELLED:
      return 'canceled';
    case status.DEADLINE_EXCEEDED:
      return 'deadline';
    case status.RESOURCE_EXHAUSTED:
      return 'resource-exhausted';
    default:
      return 'failed-precondition';
  }
}

function messageFor(code: status, plugin: string, details: string): string {
  switch (code) {
    case status.UNAVAILABLE:
      return `the plugin ${plugin} is away (${details}); look at its sidecar container`;
    case status.UNIMPLEMENTED:
      return `what listens on the socket of the plugin ${plugin} is no plugin server (${details})`;
    case status.DEADLINE_EXCEEDED:
      return `the plugin ${plugin} did not finish in time (${details}); see reposerver's ARGOCD_EXEC_TIMEOUT`;
    default:
      return `the plugin ${plugin} failed: ${details}`;
  }
}

/** Takes secrets in their usual spellings, and the user part of any URL, out of a text. */
function masked(text: string, secrets: readonly string[]): string {
  const forms = secrets
    .filter((secret) => secret !== '')
    .flatMap((secret) => [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
    .sort((a, b) => b.length - a.length);
  return forms.reduce((left, form) => left.replaceAll(form, MASK), text).replace(USERINFO, '$1');
}

const shortened = (text: string): string =>
  text.length <= MAX_DETAILS ? text : `${text.slice(0, MAX_DETAILS)} …`;

const isServiceError = (error: unknown): error is ServiceError =>
  error instanceof Error && 'code' in error && 'details' in error && typeof error.details === 'string';
