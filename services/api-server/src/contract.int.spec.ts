import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiSchema, encodeProto } from '@tiphys/adapter-argo-api';
import type { MessageShape, MethodShape } from '@tiphys/adapter-argo-api';
import type { JsonObject } from '@tiphys/model';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { factTable } from './testing/fact-table.ts';
import { rawGrpc } from '@tiphys/testing/raw-grpc';
import { TestServer } from './testing/server.ts';

const UNIMPLEMENTED = 12;

/** RPCs that nothing serves yet. One that is served by now must go from here. */
const NOT_SERVED: ReadonlySet<string> = new Set<string>();

/** Paths outside the API that nothing answers at, and why. */
const NO_PAGE: Readonly<Record<string, string>> = {
  '/auth/login': 'only with single sign-on, which this server has none of',
  '/auth/callback': 'only with single sign-on',
  '/extensions.js': 'extensions of the web UI are not loaded',
  '/swagger-ui': 'the description is served, a page to read it with is not',
  '/metrics': 'on a port of its own',
};

let redis: RedisServer;
let server: TestServer;
let token: string;

beforeAll(async () => {
  redis = await startRedis();
  server = await TestServer.start({ redis });
  token = await server.login();
});
afterAll(async () => {
  await server.stop();
  await redis.stop();
});

describe('every RPC', () => {
  const methods = [...apiSchema().methods.values()];
  const rows = factTable('grpc.tsv');

  it.runIf(rows)('of grpc.tsv is one of ours', () => {
    const known = new Set(methods.map(({ path }) => path));
    const paths = (rows ?? []).map((row) => row['grpc_path'] ?? '');
    expect(paths.filter((path) => !known.has(path))).toEqual([]);
    expect(new Set(paths).size).toBe(109);
  });

  it.each(methods.map((method) => [method.path, method] as const))('is served: %s', async (path, method) => {
    const { grpcStatus } = await call(method);
    if (NOT_SERVED.has(path))
      expect(grpcStatus, 'this is served by now: take it off the list').toBe(UNIMPLEMENTED);
    else expect(grpcStatus).not.toBe(UNIMPLEMENTED);
  });

  it('that is not there says so', async () => {
    const none = { headers: { token }, messages: [Buffer.alloc(0)] };
    expect((await rawGrpc(server.port, '/application.ApplicationService/Nonsense', none)).grpcStatus).toBe(
      UNIMPLEMENTED,
    );
  });

  /** A request with no more than it must have gets some answer; a stream is left after a moment. */
  const call = ({ path, request, serverStreams }: MethodShape): ReturnType<typeof rawGrpc> =>
    rawGrpc(server.port, path, {
      headers: { token, ...(serverStreams ? { 'grpc-timeout': '300m' } : {}) },
      messages: [Buffer.from(encodeProto(request, leastOf(request)))],
    });
});

/** A message with what is required of it and nothing else. */
const leastOf = ({ fields }: MessageShape): JsonObject =>
  Object.fromEntries(
    fields
      .filter(({ required }) => required)
      .map((field) => [
        field.key,
        field.message ? leastOf(field.message) : field.kind === 'string' ? 'nosuch' : 0,
      ]),
  );

describe('every route', () => {
  const rows = factTable('grpc.tsv');
  const routes = (rows ?? []).map((row) => [row['http_verb'] ?? '', row['http_path'] ?? ''] as const);

  it.runIf(rows).each(routes.filter(([, path]) => path !== '' && !path.includes('/stream/')))(
    'is known: %s %s',
    async (verb, path) => {
      const url = path.replaceAll(/\{[^}]*\}/g, 'nosuch');
      const { status, text, headers } = await server.send(verb, url, {
        headers: { 'x-no-token': 'a caller without a token is told of a path only that it is there' },
        ...(verb === 'GET' || verb === 'DELETE' ? {} : { body: {} }),
      });
      expect([404, 405].includes(status) && headers.get('content-type')?.startsWith('text/plain')).toBe(
        false,
      );
      expect(text).not.toContain('not served');
    },
  );
});

describe('every page', () => {
  const rows = factTable('http.tsv')?.filter((row) => row['section'] === 'endpoint');
  const paths = (rows ?? [])
    .map((row) => row['key']?.split(' ')[0] ?? '')
    .filter((path) => /^\/[a-z]/.test(path) && !/[<*]/.test(path));

  it.runIf(rows).each(paths.map((path) => [path]))(
    'of http.tsv answers, or says why not: %s',
    async (path) => {
      const { status, text } = await server.send('GET', path, { token });
      const isThere = status !== 404 || !text.startsWith('404 page not found');
      if (path in NO_PAGE) expect(isThere, 'this answers by now: take it off the list').toBe(false);
      else expect(isThere, `${path}: ${status} ${text}`).toBe(true);
    },
  );
});
