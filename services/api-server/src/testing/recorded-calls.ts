import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { apiSchema, decodeProto } from '@tiphys/adapter-argo-api';
import type { MethodShape } from '@tiphys/adapter-argo-api';
import { isJsonObject, stringAt } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import { rawGrpc } from './raw-grpc.ts';
import { differences } from './recording.ts';

const sessions = resolve(import.meta.dirname, '../../../../../shared/wire/sessions');

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
}

/** The recorded unary calls of a session whose files are numbered so, in order. */
export function recordedCalls(folder: 'cli' | 'grpc', first: number, last: number): readonly RecordedCall[] {
  if (!existsSync(sessions)) return [];
  return readdirSync(resolve(sessions, folder))
    .filter(
      (file) =>
        /^\d{3}-.*\.json$/.test(file) &&
        Number(file.slice(0, 3)) >= first &&
        Number(file.slice(0, 3)) <= last,
    )
    .sort()
    .flatMap((file) => callsIn(file.replace('.json', ''), resolve(sessions, folder, file)));
}

function callsIn(name: string, path: string): readonly RecordedCall[] {
  const raw = JSON.parse(readFileSync(path, 'utf8')) as JsonObject;
  const calls = (Array.isArray(raw['rpcs']) ? raw['rpcs'] : [raw]) as readonly JsonObject[];
  return calls
    .filter((call) => typeof call['requestBytes'] === 'string' && typeof call['method'] === 'string')
    .map((call) => ({
      name,
      path: stringAt(call, 'method') ?? '',
      request: Buffer.from(stringAt(call, 'requestBytes') ?? '', 'base64'),
      status: Number(call['grpc-status'] ?? 0),
      message: stringAt(call, 'grpc-message') ?? '',
      response:
        typeof call['responseBytes'] === 'string' ? Buffer.from(call['responseBytes'], 'base64') : undefined,
    }));
}

/** Sends the recorded bytes; where the answer differs from the recorded one. Times are compared by being there. */
export async function replayCall(
  call: RecordedCall,
  server: { readonly port: number; readonly token: string },
): Promise<readonly string[]> {
  const method = methodOf(call.path);
  const answer = await rawGrpc(server.port, call.path, {
    headers: { token: server.token },
    messages: [call.request],
  });
  if (
    answer.grpcStatus !== call.status ||
    (call.status !== 0 && answer.grpcMessage.trim() !== call.message.trim())
  ) {
    return [`${answer.grpcStatus} ${answer.grpcMessage}\n  instead of ${call.status} ${call.message}`];
  }
  if (call.status !== 0 || call.response === undefined) return [];
  const decoded = (bytes: Buffer): JsonValue => timeless(decodeProto(method.response, bytes));
  return differences(decoded(call.response), decoded(answer.messages[0] ?? Buffer.alloc(0)));
}

export function methodOf(path: string): MethodShape {
  const method = apiSchema().methods.get(path);
  if (!method) throw new Error(`no method ${path}`);
  return method;
}

/** Lists come in any order there; times differ. */
function timeless(value: JsonValue): JsonValue {
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
