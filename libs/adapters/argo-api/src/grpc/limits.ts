import { ServerInterceptingCall } from '@grpc/grpc-js';
import type { Metadata, ServerInterceptor, StatusObject } from '@grpc/grpc-js';
import type { ApiCalls, Call } from '../calls/calls.ts';
import { apiSchema } from '../schema/load.ts';
import type { MethodShape } from '../schema/shape.ts';
import { textOf } from './metadata.ts';

/** Bytes of a message that anybody may send: what is read before it is known who calls. */
export const MAX_STRANGER_MESSAGE = 64 * 1024;

export interface Admission {
  readonly calls: ApiCalls;
  /** The status of an error. */
  readonly fail: (method: MethodShape, error: unknown) => Pick<StatusObject, 'code' | 'details'>;
}

/** Turns callers away who may not call a method at all before anything that they send is read or unpacked. */
export const admission =
  ({ calls, fail }: Admission): ServerInterceptor =>
  (definition, call) => {
    const method = apiSchema().methods.get(definition.path);
    if (method === undefined) return new ServerInterceptingCall(call);
    if (calls.isOpen(method)) limitMessages(call, MAX_STRANGER_MESSAGE);
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, pass) => {
            const far = callOf(metadata, call.getPeer());
            calls.admit(method, far).then(
              () => pass(metadata),
              (error: unknown) => call.sendStatus(fail(method, error)),
            );
          },
        }),
    });
  };

const callOf = (metadata: Metadata, peer: string): Call => ({
  transport: 'grpc',
  peer,
  signal: new AbortController().signal,
  metadata: (key) => textOf(metadata, key),
  setHeader: () => undefined,
});

/** The fields of the library's own call that hold its limits. */
interface Limited {
  maxReceiveMessageSize: number;
  decoder: { maxReadMessageLength: number };
}

/** The library has one limit for all methods; that of a single call is set where the call keeps it. */
function limitMessages(call: unknown, bytes: number): void {
  if (!isLimited(call)) throw new Error('the gRPC library keeps its limits of messages elsewhere now');
  call.maxReceiveMessageSize = bytes;
  call.decoder.maxReadMessageLength = bytes;
}

const isLimited = (call: unknown): call is Limited =>
  typeof call === 'object' &&
  call !== null &&
  'maxReceiveMessageSize' in call &&
  'decoder' in call &&
  typeof (call.decoder as Partial<Limited['decoder']>).maxReadMessageLength === 'number';
