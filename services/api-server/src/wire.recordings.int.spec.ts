import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeProto, encodeProto } from '@tiphys/adapter-argo-api';
import { isJsonObject, stringAt } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { messageOf, methodOf, timeless } from '@tiphys/testing/recordings/calls';
import { differences, readRecording, recordingsPresent } from '@tiphys/testing/recordings/exchanges';
import { framed, framesIn, overHttp2 } from './testing/http2-stream.ts';
import type { Frame, Reply } from './testing/http2-stream.ts';
import { REPLAYED } from './testing/rest-recordings.ts';
import { TestServer, appNamed } from './testing/server.ts';

const VERSION = 'the version text has no build suffix, and the tools are those that are here';
const NOT_GRPC = 'what is no gRPC is refused with 415 and not by a reset stream';
const TEXT_404 = 'a text that is never compressed does not vary by encoding';
/** Answers that differ on purpose, and why. */
const KNOWN: Readonly<Record<number, string>> = {
  354: VERSION,
  355: 'same status, own words',
  356: 'same status, own words',
  361: 'reflection is not served',
  362: 'reflection is not served',
  363: 'the gRPC health service is not served: probes ask /healthz',
  364: NOT_GRPC,
  365: 'a GET is refused with another status',
  366: 'the flag of an empty message is passed over: there is nothing to unpack',
  367: 'no message is refused with another status',
  368: 'a stream past its deadline ends with that status',
  369: NOT_GRPC,
  901: VERSION,
  907: TEXT_404,
  909: VERSION,
  910: TEXT_404,
};

let redis: RedisServer;
let server: TestServer;
let token: string;

/** Head and trailers, apart from the day, the ways of packing, and how texts are escaped. */
const headOf = ({ headers, trailers, rstCode }: Reply): JsonObject =>
  headers === undefined ? { rstCode } : { headers: plainHeaders(headers), trailers: plainHeaders(trailers) };

function plainHeaders(headers: Readonly<Record<string, string>>): JsonObject {
  const { date: _date, 'grpc-encoding': _one, 'grpc-accept-encoding': _all, ...rest } = headers;
  const message = rest['grpc-message'];
  const isOk = rest['grpc-status'] === '0';
  return {
    ...rest,
    ...(message === undefined ? {} : { 'grpc-message': isOk ? '' : decodeURIComponent(message) }),
    ...(rest['content-type'] === 'application/grpc+proto' ? { 'content-type': 'application/grpc' } : {}),
  };
}

/** What the recording tells of a stream, apart from its messages. */
const recordedHead = (response: JsonObject): JsonObject => {
  if (!isJsonObject(response['headers'])) return { rstCode: response['rstCode'] ?? 0 };
  const { ':status': status, ...headers } = response['headers'];
  const trailers = isJsonObject(response['trailers']) ? response['trailers'] : {};
  return { headers: { ':status': String(Number(status)), ...headers }, trailers };
};

/** A recorded message in the form of JSON, in the namespace of the test. */
function recordedMessage(path: string, frame: JsonObject): JsonValue {
  const shape = methodOf(path).response;
  const message = decodeProto(shape, encodeProto(shape, messageOf(frame['decoded'])));
  return JSON.parse(
    JSON.stringify(message).replaceAll('"namespace":"argocd"', `"namespace":"${server.namespace.name}"`),
  ) as JsonValue;
}

const decoded = (path: string, { bytes }: Frame): JsonValue => decodeProto(methodOf(path).response, bytes);

/** The core group is empty, and left out of a message; the cluster wants it with the results of a sync. */
const withGroups = (status: JsonValue | undefined): JsonValue =>
  JSON.parse(
    JSON.stringify(status ?? {}, (key, value: unknown) =>
      key === 'resources' && Array.isArray(value)
        ? (value as readonly JsonObject[]).map((item) => ({ group: '', ...item }))
        : value,
    ),
  ) as JsonValue;

/** Puts the Application that a recorded message tells of into the cluster. */
async function carryOver(message: JsonValue | undefined): Promise<void> {
  const app = isJsonObject(message) ? (message['application'] ?? message) : undefined;
  if (!isJsonObject(app) || !isJsonObject(app['spec']) || !isJsonObject(app['metadata'])) return;
  const { labels, annotations } = app['metadata'];
  await server.patchApp('gb', { status: null });
  await server.patchApp('gb', {
    metadata: { labels: labels ?? null, annotations: annotations ?? null },
    spec: app['spec'],
    status: withGroups(app['status']),
  });
  const wanted = (await server.findApp('gb'))?.metadata.resourceVersion;
  await expect
    .poll(async () => (await server.send('GET', '/api/v1/applications/gb', { token })).json, {
      timeout: 30_000,
    })
    .toMatchObject({ metadata: { resourceVersion: wanted } });
}

function credentials(
  as: string | undefined,
  recorded: JsonValue | undefined,
): Readonly<Record<string, string>> {
  const headers = Object.entries((recorded ?? {}) as Record<string, string>).map(
    ([name, value]) => [name, value.replace('<jwt>', token)] as const,
  );
  return { ...(as === 'admin' ? { token } : {}), ...Object.fromEntries(headers) };
}

/** Bytes of a message that tells no numbers or ids of the recorded cluster. */
const comparable = (value: JsonValue): JsonValue =>
  timeless(
    JSON.parse(
      JSON.stringify(value)
        .replaceAll(/"resourceVersion":"[^"]*"/g, '"resourceVersion":"<rv-1>"')
        .replaceAll(/"uid":"[^"]*"/g, '"uid":"<uid-1>"'),
    ) as JsonValue,
  );

async function replayHttp2(number: number): Promise<readonly string[]> {
  const { request, response, as } = readRecording(number);
  const path = stringAt(request, 'path') ?? '';
  const wanted = (response['messages'] as readonly JsonObject[]).map((frame) =>
    path.startsWith('/grpc.') ? (frame['bytes'] ?? null) : recordedMessage(path, frame),
  );
  await carryOver(wanted[0]);
  const type = request['contentType'];
  const messages = (request['messagesBase64'] as readonly string[]).map((text) =>
    Buffer.from(text, 'base64'),
  );
  const reply = await overHttp2(
    server.port,
    {
      ':method': typeof request['method'] === 'string' ? request['method'] : 'POST',
      ':path': path,
      ...(typeof type === 'string' ? { 'content-type': type } : {}),
      ...credentials(as, request['headers']),
    },
    Buffer.concat(messages.map((bytes) => framed(bytes, number === 366 ? 1 : 0))),
  );
  const told = framesIn(reply.body).map((frame) =>
    path.startsWith('/grpc.') ? frame.bytes.toString('base64') : decoded(path, frame),
  );
  return [
    ...differences(recordedHead(response), headOf(reply)),
    ...differences(comparable(wanted), comparable(told)),
  ];
}

/** What the connection says of itself, and a header that browsers do not know any more. */
const NOISE = ['date', 'content-length', 'connection', 'transfer-encoding', 'x-xss-protection'];

/** Header lines by name; the names that pages may read as a set. */
function headersIn(lines: readonly string[]): Readonly<Record<string, string>> {
  const entries = lines
    .slice(1)
    .map(
      (line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)] as const,
    );
  return Object.fromEntries(
    entries
      .filter(([name]) => !NOISE.includes(name))
      .map(([name, value]) => [
        name,
        name === 'access-control-expose-headers'
          ? [...new Set(value.toLowerCase().split(', '))].sort().join(', ')
          : value,
      ]),
  );
}

async function replayWeb(number: number): Promise<readonly string[]> {
  const { request, response } = readRecording(number);
  const path = stringAt(request, 'path') ?? '';
  const frames = (response['frames'] as readonly JsonObject[]).filter(
    (frame) => frame['partial'] === undefined,
  );
  const wanted = frames.map((frame) =>
    frame['flag'] === 0 ? recordedMessage(path, frame) : (frame['text'] ?? null),
  );
  await carryOver(wanted[0]);
  const stop = new AbortController();
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    method: 'POST',
    headers: {
      'content-type': stringAt(request, 'contentType') ?? '',
      ...(number === 904 ? {} : { token }),
      ...(number === 909 ? { origin: 'https://evil.example.com' } : {}),
    },
    body: Buffer.from(stringAt(request, 'bodyBase64') ?? '', 'base64'),
    signal: stop.signal,
  });
  const body = await readFrames(answer, Number(response['frameCount']));
  stop.abort();
  const isWeb = frames.length > 0 || response['frameCount'] === 0;
  const told = (isWeb ? framesIn(body) : []).map((frame) =>
    frame.flag === 0 ? decoded(path, frame) : frame.bytes.toString('utf8'),
  );
  const head = response['head'] as readonly string[];
  const lines = [...answer.headers].map(([name, value]) => `${name}: ${value}`);
  const wantedHeaders = headersIn(head);
  const ours = Object.entries(headersIn(['', ...lines])).filter(([name]) => name in wantedHeaders);
  return [
    ...(head[0]?.includes(` ${answer.status} `) === true ? [] : [`status ${answer.status}`]),
    ...differences(wantedHeaders, Object.fromEntries(ours)),
    ...differences(comparable(wanted), comparable(told)),
  ];
}

/** The body up to so many frames; a stream of changes does not end by itself. */
async function readFrames(answer: Response, count: number): Promise<Buffer> {
  let body = Buffer.alloc(0);
  for await (const chunk of answer.body ?? []) {
    body = Buffer.concat([body, chunk as Uint8Array]);
    if (answer.status === 200 && count > 0 && framesIn(body).length >= count) break;
  }
  return body;
}

describe.runIf(recordingsPresent())('recorded bytes of gRPC', () => {
  beforeAll(async () => {
    redis = await startRedis();
    server = await TestServer.start({ redis });
    token = await server.login();
    const created = await server.send('POST', '/api/v1/applications?validate=false', {
      token,
      body: appNamed('gb'),
    });
    expect(created.status).toBe(200);
  });
  afterAll(async () => {
    await server.stop();
    await redis.stop();
  });

  const check = (
    numbers: readonly number[],
    replay: (number: number) => Promise<readonly string[]>,
  ): void => {
    it.each(numbers.map((number) => [number, KNOWN[number] ?? 'as recorded'] as const))(
      '%d: %s',
      async (number) => {
        const found = await replay(number);
        if (KNOWN[number] === undefined) expect(found).toEqual([]);
        else expect(found).not.toEqual([]);
      },
    );
  };
  describe('over HTTP/2 without TLS', () => check(REPLAYED.grpc, replayHttp2));
  describe('as browsers send it', () => check(REPLAYED.grpcWeb, replayWeb));
});
