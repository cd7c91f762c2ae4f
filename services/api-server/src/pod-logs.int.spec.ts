import { get, request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apiSchema, decodeProto, encodeProto } from '@tiphys/adapter-argo-api';
import { startPodLogServer } from '@tiphys/testing/pod-logs';
import type { ContainerLog, PodLogServer } from '@tiphys/testing/pod-logs';
import { poll } from '@tiphys/testing/processes';
import { startRedis, type RedisServer } from '@tiphys/testing/redis';
import { rawGrpc } from '@tiphys/testing/raw-grpc';
import { TestServer, appNamed } from './testing/server.ts';

const PATH = '/application.ApplicationService/PodLogs';
const T = '2024-05-01T10:00:00';

let redis: RedisServer;
let server: TestServer;
let nodes: PodLogServer;
let token: string;
let round = 0;
/** The application of one test, with a Deployment and its pods. */
let app = '';

beforeAll(async () => {
  redis = await startRedis();
  server = await TestServer.start({ redis });
  token = await server.login();
  nodes = await startPodLogServer(server.kube.connection);
  await server.kube.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'cluster-with-logs',
      namespace: server.namespace.name,
      labels: { 'argocd.argoproj.io/secret-type': 'cluster' },
    },
    stringData: { server: nodes.url, name: 'with-logs', config: '{}' },
  } as never);
});

afterAll(async () => {
  await nodes.close();
  await server.stop();
  await redis.stop();
});

beforeEach(async () => {
  app = `logs-${String(++round)}`;
  await makeApp(app, ['a', 'b']);
  for (const pod of ['a', 'b']) logOf(pod);
});

const podOf = (name: string): string => `${app}-${name}`;
const logOf = (name: string): ContainerLog => nodes.log(podOf(name));

async function makeApp(name: string, pods: readonly string[], project = 'default'): Promise<void> {
  const destination = { server: nodes.url, namespace: 'web' };
  const path = '/api/v1/applications?validate=false';
  await poll(
    async () =>
      (await server.send('POST', path, { token, body: appNamed(name, { destination, project }) })).status ===
      200,
    { what: 'the application is there', timeoutMs: 30_000 },
  );
  const of = { version: 'v1', namespace: 'web' };
  const owner = { ...of, group: 'apps', kind: 'Deployment', name: 'web', uid: 'd' };
  const nodesOfTree = [
    owner,
    ...pods.map((pod) => ({
      ...of,
      kind: 'Pod',
      name: `${name}-${pod}`,
      uid: pod,
      parentRefs: [owner],
    })),
  ];
  await server.cache.set(`app|resources-tree|${name}`, JSON.stringify({ nodes: nodesOfTree }), 600_000);
}

interface Entry {
  readonly content: string;
  readonly timeStamp: string | null;
  readonly last: boolean;
  readonly timeStampStr: string;
  readonly podName: string;
}

const urlOf = (query: Readonly<Record<string, string>> = {}, of = app): string =>
  `http://127.0.0.1:${String(server.port)}/api/v1/applications/${of}/logs?${new URLSearchParams(query).toString()}`;

/** Everything of a log that ends. */
async function entries(query: Readonly<Record<string, string>> = {}, of = app): Promise<readonly Entry[]> {
  const path = urlOf(query, of).replace(/^http:\/\/[^/]+/, '');
  const { status, text } = await server.send('GET', path, { token });
  expect([status, text]).toEqual([200, expect.anything() as unknown]);
  return entriesIn(text);
}

const entriesIn = (text: string): readonly Entry[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { readonly result: Entry }).result);

const contents = (found: readonly Entry[]): readonly string[] =>
  found.filter(({ last }) => !last).map(({ content }) => content);

/** A log that goes on, as a client reads it. */
class Following {
  text = '';
  isOver = false;
  readonly response: IncomingMessage;

  private constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding('utf8').on('data', (part: string) => (this.text += part));
    response.on('close', () => (this.isOver = true));
    response.on('error', () => (this.isOver = true));
  }

  static open(query: Readonly<Record<string, string>> = {}, bearer = token): Promise<Following> {
    const headers = { authorization: `Bearer ${bearer}` };
    return new Promise((resolve, reject) => {
      const request = get(urlOf({ follow: 'true', ...query }), { headers, agent: false }, (response) =>
        resolve(new Following(response)),
      );
      request.on('error', reject);
    });
  }

  async has(...wanted: readonly string[]): Promise<void> {
    await poll(() => wanted.every((content) => this.text.includes(JSON.stringify(content))), {
      what: `the log has ${wanted.join()}: ${this.text}`,
      timeoutMs: 30_000,
    });
  }

  async ends(): Promise<void> {
    await poll(() => this.isOver, { what: `the log ends: ${this.text}`, timeoutMs: 30_000 });
  }

  hangUp(): void {
    this.response.destroy();
  }
}

const followers = (log: ContainerLog, count: number): Promise<unknown> =>
  poll(() => log.followers === count, { what: `${String(count)} readers`, timeoutMs: 30_000 });

describe('logs of pods', () => {
  it('are put together by time and end with an entry that says so', async () => {
    logOf('a').write(`${T}.000000002Z`, 'second');
    logOf('a').write(`${T}.5Z`, 'fourth');
    logOf('b').write(`${T}.000000001Z`, 'first');
    logOf('b').write(`${T}.400000000Z`, 'third');
    const found = await entries();
    expect(found.slice(0, -1)).toEqual([
      entry('first', 'b', '.000000001Z'),
      entry('second', 'a', '.000000002Z'),
      entry('third', 'b', '.4Z'),
      entry('fourth', 'a', '.5Z'),
    ]);
    expect(found.at(-1)).toMatchObject({ content: '', last: true, podName: '' });
    expect(found.at(-1)?.timeStampStr).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/u);
  });

  const entry = (content: string, pod: string, fraction: string): Entry => ({
    content,
    timeStamp: `${T}Z`,
    last: false,
    timeStampStr: `${T}${fraction}`,
    podName: podOf(pod),
  });

  it('are the same over gRPC', async () => {
    logOf('a').write(`${T}.25Z`, 'over the wire');
    logOf('b').refuse(400, 'container "main" in pod "b" is waiting to start: ContainerCreating');
    const method = apiSchema().methods.get(PATH);
    if (method === undefined) throw new Error('no such method');
    const { messages, grpcStatus } = await rawGrpc(server.port, PATH, {
      headers: { token },
      messages: [Buffer.from(encodeProto(method.request, { name: app }))],
    });
    expect(grpcStatus).toBe(0);
    expect(messages.map((message) => decodeProto(method.response, message))).toEqual([
      {
        content: 'container "main" in pod "b" is waiting to start: ContainerCreating',
        last: false,
        timeStampStr: '0001-01-01T00:00:00Z',
        podName: '',
      },
      {
        content: 'over the wire',
        timeStamp: `${T}Z`,
        last: false,
        timeStampStr: `${T}.25Z`,
        podName: podOf('a'),
      },
      expect.objectContaining({ last: true }) as unknown,
    ]);
  });

  it('are server-sent events for those who ask for them', async () => {
    logOf('a').write(`${T}Z`, 'told');
    logOf('b').end();
    const response = await fetch(urlOf({ podName: podOf('a') }), {
      headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
    });
    const text = await response.text();
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(text.split(' \n\n\n').slice(0, 1)).toEqual([
      `data: {"result":{"content":"told","timeStamp":"${T}Z","last":false,"timeStampStr":"${T}Z","podName":"${podOf('a')}"}}`,
    ]);
  });

  it('can be had as a file', async () => {
    logOf('a').write(`${T}.1Z`, 'one');
    logOf('a').write(`${T}.2Z`, 'two');
    nodes.log(`${podOf('a')}/main`).write(`${T}Z`, 'of main');
    const file = async (path: string): Promise<readonly unknown[]> => {
      const { headers, text, status } = await server.send('GET', path, { token });
      return [status, headers.get('content-type'), headers.get('content-disposition'), text];
    };
    const root = `/api/v1/applications/${app}`;
    expect(await file(`${root}/pods/${podOf('a')}/logs?namespace=web&container=main&download=true`)).toEqual([
      200,
      'application/octet-stream',
      `attachment; filename="web-${podOf('a')}-main.log"`,
      'of main\n',
    ]);
    expect(await file(`${root}/pods/${podOf('a')}/logs?download=true&namespace=%22%0d%0ax`)).toMatchObject([
      200,
      'application/octet-stream',
      'attachment; filename="log.log"',
      '',
    ]);
    expect((await file(`/api/v1/applications/nosuch/logs?download=true`))[0]).toBe(403);
  });

  it('are asked of the node with all that the request says', async () => {
    const log = nodes.log(`${podOf('a')}/main/previous`);
    for (const second of [1, 2, 3])
      log.write(`${T.slice(0, -1)}${String(second)}Z`, `line ${String(second)}`);
    const before = nodes.queries.length;
    const found = await entries({
      podName: podOf('a'),
      container: 'main',
      previous: 'true',
      tailLines: '2',
      sinceTime: `${T}Z`,
    });
    expect(contents(found)).toEqual(['line 2', 'line 3']);
    expect(Object.fromEntries(nodes.queries[before] ?? [])).toEqual({
      timestamps: 'true',
      follow: 'false',
      previous: 'true',
      container: 'main',
      tailLines: '2',
      sinceTime: `${T}.000Z`,
    });
    await entries({ podName: podOf('a'), sinceSeconds: '60' });
    expect(nodes.queries.at(-1)?.get('sinceSeconds')).toBe('60');
  });

  it('are chosen by what they say and by when', async () => {
    for (const [index, text] of ['GET /', 'error: no', 'Error: yes', 'bye'].entries())
      logOf('a').write(`${T.slice(0, -1)}${String(index)}Z`, text);
    const of = { podName: podOf('a') };
    expect(contents(await entries({ ...of, filter: 'error' }))).toEqual(['error: no', 'Error: yes']);
    expect(contents(await entries({ ...of, filter: 'Error', matchCase: 'true' }))).toEqual(['Error: yes']);
    expect(contents(await entries({ ...of, filter: '!error' }))).toEqual(['GET /', 'bye']);
    const until = await entries({ ...of, untilTime: `${T.slice(0, -1)}1Z` });
    expect(until.map(({ content, last }) => [content, last])).toEqual([
      ['GET /', false],
      ['error: no', false],
      ['Error: yes', true],
    ]);
  });

  it('of nothing are nothing', async () => {
    expect(await entries({ kind: 'StatefulSet', resourceName: 'nope' })).toEqual([]);
  });

  it.each([
    ['untilTime=soon', 400, 'invalid untilTime'],
    ['tailLines=abc', 400, 'strconv.ParseInt'],
    ['sinceTime=yesterday', 400, 'is no time'],
  ])('asked for by %s are refused', async (query, status, message) => {
    const answer = await server.send('GET', `/api/v1/applications/${app}/logs?${query}`, { token });
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(message) as string]);
  });

  it('of too many pods are refused before any is asked', async () => {
    const many = Array.from({ length: 11 }, (_, index) => `p${String(index)}`);
    await makeApp('many', many);
    const before = nodes.queries.length;
    const answer = await server.send('GET', '/api/v1/applications/many/logs', { token });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('max pods to view logs are reached. Please provide more granular query');
    expect(nodes.queries.length).toBe(before);
  });
});

describe('logs that are followed', () => {
  it('show lines as they are written, and end when the pods are gone', async () => {
    logOf('a').write(`${T}.1Z`, 'before');
    const following = await Following.open();
    await following.has('before');
    await followers(logOf('b'), 1);
    logOf('b').write(`${T}.2Z`, 'from b');
    logOf('a').write(`${T}.3Z`, 'from a');
    await following.has('from b', 'from a');
    logOf('a').end();
    await followers(logOf('a'), 0);
    logOf('b').write(`${T}.4Z`, 'b is left');
    await following.has('b is left');
    logOf('b').end();
    await following.ends();
    expect(entriesIn(following.text).at(-1)).toMatchObject({ last: true });
  });

  it('are closed at the node when the reader hangs up', async () => {
    logOf('a').write(`${T}Z`, 'one');
    const following = await Following.open();
    await following.has('one');
    await Promise.all(['a', 'b'].map((pod) => followers(logOf(pod), 1)));
    following.hangUp();
    await Promise.all(['a', 'b'].map((pod) => followers(logOf(pod), 0)));
  });

  it('say so when the connection to the node breaks', async () => {
    const { a, b } = { a: logOf('a'), b: logOf('b') };
    a.write(`${T}Z`, 'whole');
    const following = await Following.open();
    await following.has('whole');
    await followers(b, 1);
    a.cut();
    await following.ends();
    expect(following.text.trimEnd().split('\n').at(-1)).toMatch(
      /^\{"error":\{"grpc_code":14,"http_code":503/u,
    );
    await followers(b, 0);
  });

  it('are not read faster than the reader takes them', async () => {
    const log = logOf('a');
    log.flood(`${T}Z ${'x'.repeat(1_000)}\n`);
    const query = { follow: 'true', podName: podOf('a') };
    const headers = { authorization: `Bearer ${token}` };
    const slow = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = httpRequest(urlOf(query), { headers, agent: false }, resolve);
      request.on('error', reject);
      request.end();
    });
    slow.pause();
    const level = await steady(() => log.flooded);
    expect(level).toBeLessThan(64 * 1024 * 1024);
    expect(process.memoryUsage().arrayBuffers).toBeLessThan(64 * 1024 * 1024);
    slow.resume();
    await poll(() => log.flooded > level * 2, { what: 'the log goes on', timeoutMs: 60_000 });
    slow.destroy();
    await followers(log, 0);
  });

  /** The value once it has stopped to change. */
  async function steady(read: () => number): Promise<number> {
    let last = -1;
    await poll(
      () => {
        const [before, now] = [last, read()];
        last = now;
        return now > 0 && now === before;
      },
      { what: 'the flood stands', timeoutMs: 60_000, intervalMs: 1_000 },
    );
    return last;
  }
});

describe('rights to logs', () => {
  const tokenOf = async (name: string): Promise<string> => {
    const { json } = await server.send('POST', `/api/v1/account/${name}/token`, { token, body: {} });
    return String(json['token']);
  };

  beforeAll(async () => {
    await server.configure('argocd-cm', { 'accounts.viewer': 'apiKey', 'accounts.dev': 'apiKey' });
    await policy('p, role:dev, logs, get, default/*, allow');
    await poll(async () => (await server.send('GET', '/api/v1/account/dev', { token })).status === 200, {
      what: 'the accounts are known',
      timeoutMs: 30_000,
    });
  });

  const policy = (...more: readonly string[]): Promise<void> =>
    server.configure('argocd-rbac-cm', {
      'policy.csv': [
        'p, role:viewer, applications, get, default/*, allow',
        'p, role:dev, applications, get, default/*, allow',
        'g, viewer, role:viewer',
        'g, dev, role:dev',
        ...more,
      ].join('\n'),
    });

  it('are needed besides the right to the application', async () => {
    const viewer = await tokenOf('viewer');
    const answer = await server.send('GET', `/api/v1/applications/${app}/logs`, { token: viewer });
    expect(answer.status).toBe(403);
    expect(answer.text).toContain(`permission denied: logs, get, default/${app}, sub: viewer`);
    const absent = await server.send('GET', '/api/v1/applications/nosuch/logs', { token: viewer });
    expect([absent.status, absent.text]).toEqual([403, expect.not.stringContaining('logs, get') as string]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['the right is taken away', () => policy()],
    [
      'the project forbids pods',
      () =>
        server.kube.request(
          'PATCH',
          `/apis/argoproj.io/v1alpha1/namespaces/${server.namespace.name}/appprojects/default`,
          { spec: { namespaceResourceBlacklist: [{ group: '', kind: 'Pod' }] } },
          'application/merge-patch+json',
        ),
    ],
  ])('are looked at while a log is open: it ends when %s', async (_what, take) => {
    await policy('p, role:dev, logs, get, default/*, allow');
    const dev = await tokenOf('dev');
    logOf('a').write(`${T}Z`, 'seen');
    logOf('b').write(`${T}Z`, 'seen too');
    let following: Following | undefined;
    await poll(
      async () => {
        following = await Following.open({}, dev);
        return following.response.statusCode === 200;
      },
      { what: 'the right counts', timeoutMs: 30_000 },
    );
    await following?.has('seen');
    await take();
    await following?.ends();
    expect(following?.text).toContain('permission denied');
    await Promise.all(['a', 'b'].map((pod) => followers(logOf(pod), 0)));
  });

  it('end with the token: a log that is open ends, and is closed at the nodes', async () => {
    await policy('p, role:dev, logs, get, default/*, allow');
    await server.kube.request(
      'PATCH',
      `/apis/argoproj.io/v1alpha1/namespaces/${server.namespace.name}/appprojects/default`,
      { spec: { namespaceResourceBlacklist: null } },
      'application/merge-patch+json',
    );
    const dev = await tokenOf('dev');
    logOf('a').write(`${T}Z`, 'seen');
    let following: Following | undefined;
    await poll(
      async () => {
        following = await Following.open({}, dev);
        if (following.response.statusCode !== 200) return false;
        await poll(() => (following?.text ?? '') !== '' || following?.isOver === true, { what: 'an answer' });
        return following.text !== '';
      },
      { what: 'the right counts', timeoutMs: 30_000 },
    );
    await following?.has('seen');
    const [, claims = ''] = dev.split('.');
    const { jti } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { jti: string };
    const removed = await server.send('DELETE', `/api/v1/account/dev/token/${jti}`, { token });
    expect(removed.status).toBe(200);
    await following?.ends();
    expect(following?.text).toContain('"grpc_code":16');
    await Promise.all(['a', 'b'].map((pod) => followers(logOf(pod), 0)));
  });

  it('end with the project: what it forbids is no pod of the application', async () => {
    await server.kube.request(
      'PATCH',
      `/apis/argoproj.io/v1alpha1/namespaces/${server.namespace.name}/appprojects/default`,
      { spec: { namespaceResourceBlacklist: [{ group: '', kind: 'Pod' }] } },
      'application/merge-patch+json',
    );
    await poll(async () => (await entries()).length === 0, {
      what: 'the project counts',
      timeoutMs: 30_000,
    });
  });
});
