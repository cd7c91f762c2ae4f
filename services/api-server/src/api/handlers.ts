import type { JsonObject } from '@tiphys/model';
import type { Call } from '@tiphys/adapter-argo-api';
import type { Claims } from '../auth/claims.ts';

/** Who calls, and how. */
export interface Caller {
  /** Undefined for a caller without a token, where such a caller is let in. */
  readonly claims: Claims | undefined;
  readonly call: Call;
}

export type UnaryHandler = (request: JsonObject, caller: Caller) => Promise<JsonObject> | JsonObject;
export type UploadHandler = (messages: AsyncIterable<JsonObject>, caller: Caller) => Promise<JsonObject>;
export type StreamHandler = (request: JsonObject, caller: Caller) => AsyncIterable<JsonObject>;

/** What serves each RPC, by gRPC path. */
export interface Handlers {
  readonly unary: Readonly<Record<string, UnaryHandler>>;
  readonly uploads?: Readonly<Record<string, UploadHandler>>;
  readonly streams?: Readonly<Record<string, StreamHandler>>;
}
