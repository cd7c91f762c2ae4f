import { messageOf } from '@tiphys/model';
import type { Target } from '../config/target.ts';
import { Failure } from '../program/failure.ts';

const CERTIFICATE_CODES =
  /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|HOSTNAME_MISMATCH)/;
const NOT_TLS_CODES = new Set(['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG']);

export type NetworkProblem = 'certificate' | 'not-tls' | 'refused' | 'unknown-host' | 'timeout' | 'other';

/** The server could not be reached, or not in this way. */
export class NetworkFailure extends Failure {
  readonly problem: NetworkProblem;

  constructor(error: unknown, target: Target) {
    const problem = problemOf(error);
    super(`Cannot talk to ${target.server} (${target.origin}): ${reason(problem, error)}`, {
      hints: hintsFor(problem, target),
      cause: error,
    });
    this.problem = problem;
  }
}

function problemOf(error: unknown): NetworkProblem {
  const code = codeOf(error);
  if (CERTIFICATE_CODES.test(code)) return 'certificate';
  if (NOT_TLS_CODES.has(code)) return 'not-tls';
  if (code === 'ECONNREFUSED') return 'refused';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'unknown-host';
  return code === 'ETIMEDOUT' || code === 'ECONNTIMEDOUT' ? 'timeout' : 'other';
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return String((error as NodeJS.ErrnoException).code ?? '');
}

function reason(problem: NetworkProblem, error: unknown): string {
  switch (problem) {
    case 'refused':
      return 'connection refused';
    case 'unknown-host':
      return 'no such host';
    case 'not-tls':
      return 'it does not speak TLS';
    case 'certificate':
    case 'timeout':
    case 'other':
      return messageOf(error);
  }
}

function hintsFor(problem: NetworkProblem, { server, plaintext }: Target): readonly string[] {
  switch (problem) {
    case 'refused':
    case 'timeout':
      return [
        'Is the server running, and is this its address?',
        `tiphys login SERVER changes the address; kubectl port-forward svc/argocd-server -n argocd 8080:443 opens one.`,
      ];
    case 'unknown-host':
      return [`Check the name ${server}; tiphys login SERVER changes it.`];
    case 'not-tls':
      return ['Add --plaintext where the server runs without TLS.'];
    case 'certificate':
      return ['Give its authority with --server-crt, or trust it blindly with --insecure.'];
    case 'other':
      return plaintext ? ['Leave out --plaintext where the server speaks TLS.'] : [];
  }
}
