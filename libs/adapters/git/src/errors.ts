import { TiphysError, hasCode, messageOf, type ErrorCode } from '@tiphys/model';

interface Explanation {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly reason: string;
}

/** What git and ssh say, and what a user can do about it. The first match wins. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    pattern: /host key verification failed|no matching host key/i,
    code: 'failed-precondition',
    reason:
      "the server's ssh host key is not the known one; check it and add it to argocd-ssh-known-hosts-cm",
  },
  {
    pattern: /permission denied \(|too many authentication failures|load key .*(error|invalid)/i,
    code: 'unauthenticated',
    reason: 'the server refused the ssh key',
  },
  {
    pattern: /authentication failed|could not read (username|password)|terminal prompts disabled|error: 401/i,
    code: 'unauthenticated',
    reason: 'the server asks for a login, or refused the one it was given',
  },
  {
    pattern: /error: 403|access denied|insufficient permission/i,
    code: 'permission-denied',
    reason: 'the login may not read this repository',
  },
  {
    pattern: /unable to update url base from redirection|error: 30[1278]/i,
    code: 'failed-precondition',
    reason: 'the server redirects elsewhere, which is not followed with a login; use the new URL',
  },
  {
    pattern:
      /alert (certificate required|handshake failure|bad certificate)|client certificate|routines:.*alert/i,
    code: 'unauthenticated',
    reason: 'the server refused the TLS client certificate, or asks for one',
  },
  {
    pattern: /certificate|ssl_error|gnutls|unable to get local issuer|tls/i,
    code: 'failed-precondition',
    reason: "the server's TLS certificate is not trusted; add its authority to argocd-tls-certs-cm",
  },
  {
    pattern:
      /repository .*not found|not found$|error: 404|does not appear to be a git repo|no such repository/im,
    code: 'not-found',
    reason: 'there is no such repository, or the login may not see it',
  },
  {
    pattern: /not our ref|unadvertised object|couldn't find remote ref|bad object|did not send all/i,
    code: 'not-found',
    reason: 'the server does not have this commit',
  },
  {
    pattern: /no space left|disk quota/i,
    code: 'resource-exhausted',
    reason: 'the disk of the repo-server is full',
  },
  {
    pattern: /could not resolve|name or service not known/i,
    code: 'unavailable',
    reason: 'the host name cannot be resolved',
  },
  {
    pattern: /connection refused|failed to connect|couldn't connect|no route to host|network is unreachable/i,
    code: 'unavailable',
    reason: 'the server cannot be reached',
  },
  {
    pattern:
      /hung up|(send|recv) failure|broken pipe|empty reply|early eof|rpc failed|connection (reset|closed)|error: 5\d\d|index-pack|pack|protocol error/i,
    code: 'unavailable',
    reason: 'the server broke the answer off or sent a damaged one',
  },
  {
    pattern: /unable to access/i,
    code: 'unavailable',
    reason: 'the server closed the connection',
  },
];

/**
 * Turns the failure of a git command into an error for users: what was tried, on which repository, why it failed.
 * The output of git follows, without the lines that only repeat it.
 */
export function explain(error: unknown, action: string, repository: string): TiphysError {
  const prefix = `${action} ${repository} failed`;
  if (hasCode(error, 'deadline')) {
    return new TiphysError('deadline', `${prefix}: the server did not answer in time`, { cause: error });
  }
  if (!hasCode(error, 'failed-precondition')) return keepCode(error, prefix);
  const message = messageOf(error);
  const found = EXPLANATIONS.find(({ pattern }) => pattern.test(withoutNames(message)));
  const reason = found === undefined ? lastLine(message) : `${found.reason} (${lastLine(message)})`;
  return new TiphysError(found?.code ?? 'unknown', `${prefix}: ${reason}`, { cause: error });
}

/** A repository called `tls-pack` must not be taken for a reason. */
const withoutNames = (message: string): string => message.replaceAll(/'[^'\n]*'|[a-z]+:\/\/\S+/gi, '');

function keepCode(error: unknown, prefix: string): TiphysError {
  const code = error instanceof TiphysError ? error.code : 'unknown';
  return new TiphysError(code, `${prefix}: ${messageOf(error)}`, { cause: error });
}

/** The line that says most: the first `fatal:` or `error:`, else the last one. Control characters are dropped. */
function lastLine(message: string): string {
  const lines = message
    .replace(/^git failed \([^)]*\): /, '')
    .split(/\r?\n/)
    .map((line) => line.replaceAll(/\p{Cc}/gu, '').trim())
    .filter((line) => line !== '');
  return lines.find((line) => /(fatal|error): /.test(line)) ?? lines.at(-1) ?? 'no reason given';
}
