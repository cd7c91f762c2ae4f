import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { apiSchema, decodeProto, encodeProto } from '@tiphys/adapter-argo-api';
import type { MessageShape, MethodShape } from '@tiphys/adapter-argo-api';
import { sessionsFolder } from '../recording.ts';
import { arrayAt, isJsonObject, stringAt } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import { rawGrpc } from '../../raw-grpc/index.ts';
import { differences, resolveSame } from '../exchanges/index.ts';

/** One recorded RPC, as bytes. */
export interface RecordedCall {
  /** The recording and the place of the call in it. */
  readonly name: string;
  readonly path: string;
  readonly request: Buffer;
  readonly status: number;
  readonly message: string;
  /** Undefined where the recording does not hold it whole. */
  readonly response: Buffer | undefined;
  /** Messages of a stream that were kept whole. */
  readonly messages: readonly Buffer[];
}

/** The recorded unary calls of a session whose files are numbered so, in order. */
export function recordedCalls(folder: 'cli' | 'grpc', first: number, last: number): readonly RecordedCall[] {
  if (!existsSync(sessionsFolder)) return [];
  return readdirSync(resolve(sessionsFolder, folder))
    .filter(
      (file) =>
        /^\d{3}-.*\.json$/.test(file) &&
        Number(file.slice(0, 3)) >= first &&
        Number(file.slice(0, 3)) <= last,
    )
    .sort()
    .flatMap((file) => callsIn(file.replace('.json', ''), resolve(sessionsFolder, folder, file)));
}

function callsIn(name: string, path: string): readonly RecordedCall[] {
  const raw = JSON.parse(readFileSync(path, 'utf8')) as JsonObject;
  const calls = (Array.isArray(raw['rpcs']) ? raw['rpcs'] : [raw]) as readonly JsonObject[];
  return calls
    .filter((call) => typeof call['method'] === 'string' && call['$common'] === undefined)
    .map((call) => {
      const method = methodOf(stringAt(call, 'method') ?? '');
      return {
        name,
        path: method.path,
        request: bytesOf(call, 'request', { raw, shape: method.request }) ?? Buffer.alloc(0),
        status: Number(call['grpc-status'] ?? 0),
        message: stringAt(call, 'grpc-message') ?? '',
        response: bytesOf(call, 'response', { raw, shape: method.response }),
        messages: arrayAt(call, 'responses').flatMap((one) =>
          isJsonObject(one) ? (bytesOf(one, 'decoded', { raw, shape: method.response }) ?? []) : [],
        ),
      };
    });
}

/** A message as it was sent, or made anew of its fields where the recording keeps only those. */
function bytesOf(
  call: JsonObject,
  key: 'request' | 'response' | 'decoded',
  { raw, shape }: { readonly raw: JsonObject; readonly shape: MessageShape },
): Buffer | undefined {
  const bytes = call[`${key}Bytes`];
  if (typeof bytes === 'string') return Buffer.from(bytes, 'base64');
  const fields = resolveSame(call[key], raw);
  return isJsonObject(fields) ? Buffer.from(encodeProto(shape, messageOf(fields) as JsonObject)) : undefined;
}

/** Numbers-or-texts and raw objects are messages of their own on the wire. */
function ownForm({ type, intVal, strVal, raw }: JsonObject): JsonValue | undefined {
  if (intVal !== undefined && type !== undefined) return type === 1 ? (strVal ?? '') : intVal;
  const text = isJsonObject(raw) ? raw['$utf8'] : undefined;
  return typeof text === 'string' ? (JSON.parse(text) as JsonValue) : undefined;
}

/** Decoded fields of a recording as messages have them: bytes in base64, each time the same one. */
export function messageOf(value: JsonValue | undefined): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(messageOf);
  if (!isJsonObject(value)) return value ?? null;
  if (typeof value['$utf8'] === 'string') return Buffer.from(value['$utf8']).toString('base64');
  if (typeof value['$base64'] === 'string') return value['$base64'];
  if (value['seconds'] !== undefined) return '2026-01-02T03:04:05Z';
  // What an object is embedded in stands beside its fields, in JSON.
  const own = ownForm(value);
  if (own !== undefined) return own;
  for (const embedded of ['resourceRef', 'syncStrategyApply']) {
    const { [embedded]: inner, ...rest } = value;
    if (isJsonObject(inner)) return messageOf({ ...inner, ...rest });
  }
  const said = Object.entries(value).filter(([key]) => key !== 'managedFields');
  return Object.fromEntries(
    said.map(([key, inner]) => [key, isRules(key, inner) ? rulesText(inner) : messageOf(inner)]),
  );
}

/** Ignore rules of a resource override, which are text in messages. */
const isRules = (key: string, value: JsonValue | undefined): boolean =>
  (key === 'ignoreDifferences' || key === 'ignoreResourceUpdates') && isJsonObject(value);

const rulesText = (rules: JsonValue | undefined): string =>
  JSON.stringify(rules).replaceAll('"jSONPointers"', '"jsonPointers"');

/** Turns a recorded message into one for the world of the test. */
export type Translate = (message: JsonValue) => JsonValue;

const asIs: Translate = (message) => message;

/** Sends the recorded bytes; where the answer differs from the recorded one. Times are compared by being there. */
export async function replayCall(
  call: RecordedCall,
  server: { readonly port: number; readonly token: string },
  { request = asIs, response = asIs }: { readonly request?: Translate; readonly response?: Translate } = {},
): Promise<readonly string[]> {
  const method = methodOf(call.path);
  const bytes =
    request === asIs
      ? call.request
      : Buffer.from(
          encodeProto(method.request, request(decodeProto(method.request, call.request)) as JsonObject),
        );
  const answer = await rawGrpc(server.port, call.path, {
    headers: { token: server.token },
    messages: [bytes],
  });
  const message = call.status === 0 ? '' : textOf(response(call.message));
  if (answer.grpcStatus !== call.status || (message !== '' && answer.grpcMessage.trim() !== message.trim())) {
    return [`${answer.grpcStatus} ${answer.grpcMessage}\n  instead of ${call.status} ${message}`];
  }
  if (call.status !== 0 || call.response === undefined) return [];
  const decoded = (received: Buffer): JsonValue => decodeProto(method.response, received);
  return differences(
    timeless(response(decoded(call.response))),
    timeless(decoded(answer.messages[0] ?? Buffer.alloc(0))),
  );
}

export function methodOf(path: string): MethodShape {
  const method = apiSchema().methods.get(path);
  if (!method) throw new Error(`no method ${path}`);
  return method;
}

/** Lists come in any order there; times differ. */
export function timeless(value: JsonValue): JsonValue {
  if (Array.isArray(value)) {
    const items = (value as readonly JsonValue[]).map(timeless);
    return items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      /^\d{4}-\d\d-\d\dT/.test(typeof inner === 'string' ? inner : '') ? '<time>' : timeless(inner ?? null),
    ]),
  );
}

const textOf = (value: JsonValue): string => (typeof value === 'string' ? value : '');
