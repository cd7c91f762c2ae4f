import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeProto, encodeProto, apiSchema } from '@tiphys/adapter-argo-api';
import { isJsonObject, stringAt, valueAt } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import type { Clock } from '@tiphys/ports';
import { systemClock } from '@tiphys/runtime/clock';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { Bindings, invocations, plain, withoutDefaults } from '@tiphys/testing/recordings/invocations';
import type { Invocation, RecordedCall } from '@tiphys/testing/recordings/invocations';
import { recordedInstallation } from './testing/recorded-installation.ts';
import { differences, recordingsPresent } from '@tiphys/testing/recordings/exchanges';
import { rawGrpc } from '@tiphys/testing/raw-grpc';
import type { TestServer } from './testing/server.ts';

/** Calls that are answered otherwise on purpose, and why. */
const KNOWN: Readonly<Record<string, string>> = {
  '228-proj-create-from-file-upsert': 'the status names every role, whether or not it has tokens',
  '274-role-token-proj-get': 'tokens of the same second keep the order in which they were made',
};

/** Stands still until it is put forward, so that what was recorded in one second happens in one. */
let time = systemClock.now();
const clock: Clock = {
  now: () => time,
  sleep: async (ms) => {
    await systemClock.sleep(ms);
    time += ms;
  },
};

/** Services whose calls belong here. */
const OURS =
  /^\/(?:session\.SessionService|account\.AccountService|project\.ProjectService|application\.ApplicationService)\//;

let redis: RedisServer;
let server: TestServer;
/** Token of each context of the recorded client. */
const contexts = new Map<string, string>();
let current = '';
/** Tokens of roles by their id. */
const roleTokens = new Map<string, string>();

/** The value behind a flag. */
const flag = (argv: readonly string[], name: string): string | undefined =>
  argv.includes(name) ? argv[argv.indexOf(name) + 1] : undefined;

function tokenFor({ argv, tokens }: Invocation): string {
  const given = flag(argv, '--auth-token');
  if (given === undefined) return contexts.get(flag(argv, '--argocd-context') ?? current) ?? '';
  return roleTokens.get(stringAt(tokens, given, 'claims', 'jti') ?? '') ?? given;
}

async function replay(invocation: Invocation): Promise<readonly string[]> {
  const bindings = new Bindings();
  if (invocation.name === '271-proj-role-create-token-for-use') time += 5_000;
  const found: string[] = [];
  for (const call of invocation.calls.filter(({ method }) => OURS.test(method))) {
    found.push(...(await replayCall(invocation, call, bindings)));
  }
  if (invocation.logsOut) await logOut(invocation);
  if (invocation.argv[0] === 'logout') contexts.delete(invocation.argv[1] ?? '');
  const [command, subject] = invocation.argv;
  if (command === 'context' && subject !== undefined && contexts.has(subject)) current = subject;
  return found;
}

async function logOut({ argv }: Invocation): Promise<void> {
  const cookie = `argocd.token=${contexts.get(argv[1] ?? '') ?? ''}`;
  const { status } = await server.send('POST', '/auth/logout', { headers: { cookie } });
  expect(status).toBe(303);
}

async function replayCall(
  invocation: Invocation,
  call: RecordedCall,
  bindings: Bindings,
): Promise<readonly string[]> {
  const method = apiSchema().methods.get(call.method);
  if (!method) return [`${call.method} is not known`];
  const request = local(bindings.fill(call.request)) as JsonObject;
  const isLogin = call.method.endsWith('SessionService/Create');
  const answer = await rawGrpc(server.port, call.method, {
    headers: {
      token: isLogin ? '' : tokenFor(invocation),
      'user-agent': 'argocd-client/v3.5.1 grpc-go/1.81.1',
    },
    messages: [Buffer.from(encodeProto(method.request, request))],
  });
  const [bytes] = answer.messages;
  const reply = bytes ? (plain(decodeProto(method.response, bytes)) as JsonObject) : {};
  bindings.learn(call.response, reply);
  remember(invocation, call, reply);
  const message = answer.grpcStatus === 0 ? '' : answer.grpcMessage;
  const status = { status: answer.grpcStatus, message };
  return [
    ...differences({ status: call.status, message: call.message }, status),
    ...differences(withoutDefaults(inOurNamespace(call.response)), withoutDefaults(reply)),
  ].map((text) => `${call.method}${text}`);
}

function remember({ argv }: Invocation, { method, request }: RecordedCall, reply: JsonObject): void {
  const token = stringAt(reply, 'token');
  if (token === undefined) return;
  if (method.endsWith('ProjectService/CreateToken')) roleTokens.set(stringAt(request, 'id') ?? '', token);
  if (!method.endsWith('SessionService/Create')) return;
  if (argv[0] === 'login') current = flag(argv, '--name') ?? '127.0.0.1:18090';
  contexts.set(current, token);
}

/** What a request names that is otherwise here. */
const local = (value: JsonValue): JsonValue =>
  JSON.parse(
    JSON.stringify(value)
      .replaceAll('<initial-admin-password>', password)
      .replaceAll('"namespace":"argocd"', `"namespace":"${server.namespace.name}"`)
      .replace(/"iat":"<ts-\d+>"/, `"iat":${issuedAt(roleTokens.get('tok3'))}`),
  ) as JsonValue;

const inOurNamespace = (value: JsonValue): JsonValue =>
  JSON.parse(
    JSON.stringify(value).replaceAll('"namespace":"argocd"', `"namespace":"${server.namespace.name}"`),
  ) as JsonValue;

/** When a token was issued. */
function issuedAt(token: string | undefined): number {
  const payload: unknown = JSON.parse(Buffer.from(token?.split('.')[1] ?? 'e30', 'base64url').toString());
  return isJsonObject(payload) ? Number(valueAt(payload, 'iat') ?? 0) : 0;
}

let password = '';

describe.runIf(recordingsPresent())('recorded calls', () => {
  beforeAll(async () => {
    redis = await startRedis();
    server = await recordedInstallation(redis, clock);
    password = await server.password();
    await server.kube.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'repo-of-filed',
        namespace: server.namespace.name,
        labels: { 'argocd.argoproj.io/secret-type': 'repository' },
      },
      stringData: {
        url: 'http://127.0.0.1:18091/git/apps.git',
        type: 'git',
        project: 'filed',
        username: 'gituser',
        password: 'canary-of-filed',
      },
    });
  });
  afterAll(async () => {
    await server.stop();
    await redis.stop();
  });

  const check = (name: string, from: number, to: number): void => {
    const ours = invocations(from, to).filter(
      ({ calls, logsOut, argv }) =>
        logsOut ||
        argv[0] === 'context' ||
        argv[0] === 'logout' ||
        calls.some(({ method }) => OURS.test(method)),
    );
    describe(name, () => {
      it.each(ours)('$name', async (invocation) => {
        const found = await replay(invocation);
        if (KNOWN[invocation.name] === undefined) expect(found).toEqual([]);
      });
    });
  };

  check('of accounts and logins', 1, 79);
  it('come from the admin later', async () => {
    current = 'rec';
    const body = { username: 'admin', password: 'adminpass1' };
    const { json } = await server.send('POST', '/api/v1/session', { body });
    contexts.set(current, String(json['token']));
  });
  check('of projects', 217, 311);
});
