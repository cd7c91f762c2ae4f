import type { JsonObject } from '@tiphys/model';
import type { MethodShape } from '../schema/shape.ts';

/** What a call carries besides its request, the same for gRPC, gRPC-web and REST. */
export interface Call {
  readonly transport: 'grpc' | 'grpc-web' | 'rest';
  /** Value of a metadata key (lower case), or undefined. Over REST the keys are those that a gateway forwards. */
  metadata(key: string): string | undefined;
  /** Address of the far side. */
  readonly peer: string;
  /** Fires when the caller goes away or its deadline passes. */
  readonly signal: AbortSignal;
  /** Adds response metadata; only before the first message of the reply. */
  setHeader(key: string, value: string): void;
}

/** The API itself, apart from how a call arrived. Errors are TiphysError; anything else is a fault of the server. */
export interface ApiCalls {
  /** True for methods that answer callers without a token: what such a caller may send is small. */
  isOpen(method: MethodShape): boolean;
  /** Rejects callers that may not call the method at all, before their request is read. */
  admit(method: MethodShape, call: Call): Promise<void>;
  unary(method: MethodShape, request: JsonObject, call: Call): Promise<JsonObject>;
  /** One reply to a stream of messages, which are read as they are asked for; the rest is dropped after the reply. */
  upload(method: MethodShape, messages: AsyncIterable<JsonObject>, call: Call): Promise<JsonObject>;
  /** The stream ends early when `call.signal` fires. */
  stream(method: MethodShape, request: JsonObject, call: Call): AsyncIterable<JsonObject>;
}

/** The metadata key under which a new token reaches the caller. */
export const RENEW_TOKEN = 'renew-token';
