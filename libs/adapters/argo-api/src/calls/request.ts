import { TiphysError, isJsonObject } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import { decodeProto } from '../codec/index.ts';
import { missingField } from '../schema/required.ts';
import type { MethodShape } from '../schema/shape.ts';

/** Reads the request of a gRPC call; what is no such message, or lacks a required field, is an error. */
export function readRequest(method: MethodShape, bytes: Uint8Array): JsonObject {
  const request = decoded(method, bytes);
  const missing = missingField(method.request, request);
  if (missing !== undefined) {
    throw new TiphysError(
      'internal',
      `grpc: error unmarshalling request: proto: required field "${missing}" not set`,
    );
  }
  return request;
}

function decoded(method: MethodShape, bytes: Uint8Array): JsonObject {
  try {
    const value = decodeProto(method.request, bytes);
    return isJsonObject(value) ? value : {};
  } catch (cause) {
    const cut = cause instanceof RangeError;
    const why = cut ? 'unexpected EOF' : 'the bytes are no such message';
    throw new TiphysError('internal', `grpc: error unmarshalling request: ${why}`, { cause });
  }
}
