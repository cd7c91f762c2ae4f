import { randomUUID } from 'node:crypto';
import type { Call, MethodShape } from '@tiphys/adapter-argo-api';
import { isTiphysError } from '@tiphys/model';
import type { ErrorCode, JsonObject } from '@tiphys/model';
import type { Logger } from '@tiphys/ports';
import type { Claims } from '../auth/claims.ts';
import { objectOf } from './object-of.ts';

/** A call that is to be written down. */
export interface AuditedCall {
  readonly method: MethodShape;
  readonly request: JsonObject;
  readonly call: Call;
}

/** A call under way. */
export interface AuditEntry extends AuditedCall {
  /** Undefined for a caller without a token, or with a bad one. */
  claims: Claims | undefined;
  /** Writes it down, with the error that it ended with. */
  end(error?: unknown): void;
}

/** How grave a refusal is (1 to 5), and the weakness that somebody may be trying. */
const GRAVITY: Partial<Record<ErrorCode, { readonly security: number; readonly CWE: number }>> = {
  unauthenticated: { security: 3, CWE: 287 },
  'permission-denied': { security: 2, CWE: 285 },
  'resource-exhausted': { security: 3, CWE: 770 },
};

const REQUEST_ID = /^[\w.:-]{1,64}$/u;
const MAX_FORWARDED = 200;

/**
 * Writes down who asked for what and how it was decided: every call that may change something, and every refusal. Calls
 * that only read and went well are told at level debug. Control characters are escaped by the log's encoder.
 */
export class Audit {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  begin(call: AuditedCall): AuditEntry {
    const record = (claims: Claims | undefined, error: unknown): void => this.#record(call, claims, error);
    return {
      ...call,
      claims: undefined,
      end(error) {
        record(this.claims, error);
      },
    };
  }

  #record({ method, request, call }: AuditedCall, claims: Claims | undefined, error: unknown): void {
    const code = error === undefined ? undefined : codeOf(error);
    const gravity = code === undefined ? undefined : GRAVITY[code];
    const fields = {
      user: claims?.subject ?? '',
      verb: method.path,
      object: objectOf(request),
      decision: decisionOf(code),
      ...(code === undefined ? {} : { code }),
      ...gravity,
      source: call.peer,
      ...forwarded(call),
      transport: call.transport,
      request: requestIdOf(call),
    };
    if (gravity !== undefined || mayChange(method)) this.#logger.info('audit', fields);
    else this.#logger.debug('audit', fields);
  }
}

const codeOf = (error: unknown): ErrorCode => (isTiphysError(error) ? error.code : 'internal');

function decisionOf(code: ErrorCode | undefined): string {
  if (code === undefined) return 'allowed';
  return GRAVITY[code] === undefined ? 'failed' : 'refused';
}

/** What REST reads with GET changes nothing. */
const mayChange = ({ http }: MethodShape): boolean => http.some(({ verb }) => verb !== 'GET');

/** What a proxy says of the caller; only as true as the proxy. */
function forwarded(call: Call): { readonly forwardedFor?: string } {
  const value = call.metadata('x-forwarded-for');
  return value === undefined ? {} : { forwardedFor: value.slice(0, MAX_FORWARDED) };
}

function requestIdOf(call: Call): string {
  const given = call.metadata('x-request-id');
  return given !== undefined && REQUEST_ID.test(given) ? given : randomUUID();
}
