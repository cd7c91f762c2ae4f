import { TiphysError } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import type { ApiCalls, Call, MethodShape } from '@tiphys/adapter-argo-api';
import type { Audit, AuditEntry } from '../audit/audit.ts';
import { tokenOf } from '../auth/authenticate.ts';
import type { Authenticator } from '../auth/authenticate.ts';
import type { Claims } from '../auth/claims.ts';
import type { SessionRenewal } from '../session/session-renewal.ts';
import type { Clock } from '@tiphys/ports';
import type { ServerSettings } from '../settings/server-settings.ts';
import type { Caller, Handlers } from './handlers.ts';
import { checkUserAgent } from './user-agent.ts';
import { whileGood } from './while-good.ts';

/** Services (and one method) that answer callers without a token. */
const OPEN: ReadonlySet<string> = new Set([
  'session.SessionService',
  'version.VersionService',
  '/cluster.SettingsService/Get',
]);

/** Why nobody can say who calls: a bad token, or an identity provider that is away. */
const UNKNOWN_CALLER: ReadonlySet<string> = new Set(['unauthenticated', 'unavailable']);

export interface DispatchOptions {
  readonly handlers: readonly Handlers[];
  readonly authenticator: Authenticator;
  readonly renewal: SessionRenewal;
  readonly settings: ServerSettings;
  readonly clock: Clock;
  /** Nobody is asked who they are. Default false. */
  readonly authDisabled?: boolean;
  readonly audit: Audit;
}

/** The API: each call is authenticated, then handed to what serves it. RPCs that nothing serves say so. */
export class Dispatch implements ApiCalls {
  readonly #unary = new Map<string, Handlers['unary'][string]>();
  readonly #uploads = new Map<string, NonNullable<Handlers['uploads']>[string]>();
  readonly #streams = new Map<string, NonNullable<Handlers['streams']>[string]>();
  readonly #options: DispatchOptions;

  constructor(options: DispatchOptions) {
    this.#options = options;
    for (const { unary, uploads = {}, streams = {} } of options.handlers) {
      for (const [path, handler] of Object.entries(unary)) this.#unary.set(path, handler);
      for (const [path, handler] of Object.entries(uploads)) this.#uploads.set(path, handler);
      for (const [path, handler] of Object.entries(streams)) this.#streams.set(path, handler);
    }
  }

  isOpen(method: MethodShape): boolean {
    return isOpen(method);
  }

  async admit(method: MethodShape, call: Call): Promise<void> {
    try {
      await this.#claims(call, isOpen(method));
    } catch (error) {
      // Who sends no token at all asks as browsers do before a login: that is no news.
      if (tokenOf(call) !== undefined) this.#audit(method, {}, call).end(error);
      throw error;
    }
  }

  async unary(method: MethodShape, request: JsonObject, call: Call): Promise<JsonObject> {
    return await this.#audited(this.#audit(method, request, call), async (caller) => {
      const handler = this.#unary.get(method.path);
      if (!handler) throw notServed(method);
      return await handler(request, caller);
    });
  }

  async upload(method: MethodShape, messages: AsyncIterable<JsonObject>, call: Call): Promise<JsonObject> {
    return await this.#audited(this.#audit(method, {}, call), async (caller) => {
      const handler = this.#uploads.get(method.path);
      if (!handler) throw notServed(method);
      return await handler(messages, caller);
    });
  }

  async *stream(method: MethodShape, request: JsonObject, call: Call): AsyncGenerator<JsonObject> {
    const audit = this.#audit(method, request, call);
    const ended = new AbortController();
    try {
      const caller = await this.#admit(method, call);
      audit.claims = caller.claims;
      const handler = this.#streams.get(method.path);
      if (!handler) throw notServed(method);
      const signal = AbortSignal.any([call.signal, ended.signal]);
      yield* whileGood(handler(request, { ...caller, call: { ...call, signal } }), {
        check: async () => void (await this.#claims(call, isOpen(method))),
        clock: this.#options.clock,
        signal,
      });
      audit.end();
    } catch (error) {
      audit.end(error);
      throw error;
    } finally {
      ended.abort();
    }
  }

  #audit(method: MethodShape, request: JsonObject, call: Call): AuditEntry {
    return this.#options.audit.begin({ method, request, call });
  }

  async #audited<T>(audit: AuditEntry, serve: (caller: Caller) => Promise<T>): Promise<T> {
    const { method, call } = audit;
    try {
      const caller = await this.#admit(method, call);
      audit.claims = caller.claims;
      const reply = await serve(caller);
      audit.end();
      return reply;
    } catch (error) {
      audit.end(error);
      throw error;
    }
  }

  async #admit(method: MethodShape, call: Call): Promise<Caller> {
    const claims = await this.#claims(call, isOpen(method));
    checkUserAgent(call.metadata('user-agent'));
    if (claims) await this.#options.renewal.renew(claims, call);
    return { claims, call };
  }

  async #claims(call: Call, open: boolean): Promise<Claims | undefined> {
    if (this.#options.authDisabled === true) return undefined;
    try {
      const claims = await this.#options.authenticator.identify(call);
      if (claims !== undefined || open || this.#options.settings.anonymousEnabled) return claims;
    } catch (error) {
      if (open && error instanceof TiphysError && UNKNOWN_CALLER.has(error.code)) return undefined;
      throw error;
    }
    throw new TiphysError('unauthenticated', 'no session information');
  }
}

const isOpen = (method: MethodShape): boolean => OPEN.has(method.service) || OPEN.has(method.path);

const notServed = ({ path }: MethodShape): TiphysError =>
  new TiphysError('unimplemented', `${path} is not served yet`);
