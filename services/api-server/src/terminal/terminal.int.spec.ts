import WebSocket from 'ws';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TestNamespace } from '@tiphys/testing/kube-env';
import { startPodExec } from '@tiphys/testing/pod-exec';
import type { PodExecServer } from '@tiphys/testing/pod-exec';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { TestServer, appNamed } from '../testing/server.ts';

const WAIT = { timeout: 30_000 };

let redis: RedisServer;
let server: TestServer;
let exec: PodExecServer;
let target: TestNamespace;
let admin: string;
const tokens: Record<string, string> = {};
const log: string[] = [];

const query = (changes: Readonly<Record<string, string>> = {}): string =>
  new URLSearchParams({
    pod: 'web-0',
    container: 'main',
    appName: 'shop',
    projectName: 'default',
    namespace: target.name,
    ...changes,
  }).toString();

interface Asked {
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: string;
}

const opened: Browser[] = [];

/** A browser's end of a terminal. */
class Browser {
  readonly socket: WebSocket;
  text = '';
  readonly frames: unknown[] = [];
  closed: string | undefined;

  constructor({ token = admin, headers = {}, query: asked = query() }: Asked = {}) {
    this.socket = new WebSocket(`ws://127.0.0.1:${server.port}/terminal?${asked}`, {
      headers: { cookie: `argocd.token=${token}`, ...headers },
    });
    opened.push(this);
    this.socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString('utf8')) as { readonly data?: string };
      this.frames.push(frame);
      this.text += frame.data ?? '';
    });
    this.socket.on('error', () => undefined);
    this.socket.on('close', (code, reason) => (this.closed = `${code} ${reason.toString('utf8')}`));
  }

  /** The headers of the answer; status and text where the answer was no. */
  async opened(): Promise<string> {
    return await new Promise((resolve) => {
      this.socket.once('upgrade', (response) =>
        resolve(`open ${String(response.headers['set-cookie'] ?? '')}`),
      );
      this.socket.once('unexpected-response', (_request, response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve(`${response.statusCode} ${Buffer.concat(chunks).toString('utf8').trim()}`),
        );
      });
    });
  }

  type(data: string): void {
    this.socket.send(JSON.stringify({ operation: 'stdin', data }));
  }

  async runs(): Promise<this> {
    expect(await this.opened()).toMatch(/^open/u);
    await expect
      .poll(() => {
        if (this.text === '') this.type('echo ready-$((20+22))\n');
        return this.text;
      }, WAIT)
      .toContain('ready-42');
    return this;
  }
}

const answerTo = (asked: Asked): Promise<string> => new Browser(asked).opened();

/** What a request that asks for no websocket gets: 400 where a terminal could be had. */
const statusWithout = async (token: string): Promise<number> => {
  const headers = { cookie: `argocd.token=${token}` };
  return (await server.send('GET', `/terminal?${query()}`, { headers })).status;
};

async function tokenOf(account: string): Promise<string> {
  const { json } = await server.send('POST', `/api/v1/account/${account}/token`, { token: admin, body: {} });
  return String(json['token']);
}

const POLICY = [
  'p, operator, applications, get, default/*, allow',
  'p, operator, exec, create, default/*, allow',
  'p, viewer, applications, get, default/*, allow',
  'p, blind, exec, create, */*, allow',
];

beforeAll(async () => {
  redis = await startRedis();
  server = await TestServer.start({ redis, log });
  admin = await server.login();
  exec = await startPodExec(server.kube, { sh: 'sh' });
  target = await server.kube.createNamespace('terminal');
  await server.configure('argocd-cm', {
    'accounts.operator': 'apiKey',
    'accounts.viewer': 'apiKey',
    'accounts.blind': 'apiKey',
    'exec.enabled': 'true',
    'exec.shells': 'bash,sh',
  });
  await server.configure('argocd-rbac-cm', { 'policy.csv': POLICY.join('\n') });
  await server.kube.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'far',
      namespace: server.namespace.name,
      labels: { 'argocd.argoproj.io/secret-type': 'cluster' },
    },
    stringData: {
      name: 'far',
      server: exec.url,
      config: JSON.stringify({
        bearerToken: exec.token,
        tlsClientConfig: { caData: Buffer.from(exec.caPem).toString('base64') },
      }),
    },
  } as never);
  for (const name of ['web-0', 'foreign', 'stopped']) await pod(name);
  for (const account of ['operator', 'viewer', 'blind']) {
    await vi.waitFor(async () => {
      expect((await server.send('GET', `/api/v1/account/${account}`, { token: admin })).status).toBe(200);
    }, WAIT);
    tokens[account] = await tokenOf(account);
  }
  const destination = { server: exec.url, namespace: target.name };
  await vi.waitFor(async () => {
    const body = appNamed('shop', { destination });
    const { status } = await server.send('POST', '/api/v1/applications?validate=false', {
      token: admin,
      body,
    });
    expect(status).toBe(200);
  }, WAIT);
  const nodes = ['web-0', 'stopped'].map((name) => ({
    version: 'v1',
    kind: 'Pod',
    namespace: target.name,
    name,
  }));
  await server.cache.set('app|resources-tree|shop', JSON.stringify({ nodes }), 600_000);
});

afterAll(async () => {
  await server.stop();
  await exec.close();
  await target.remove();
  await redis.stop();
});

/** No test leaves a terminal open. */
afterEach(async () => {
  for (const { socket } of opened.splice(0)) socket.terminate();
  const count = (decision: string): number =>
    log.filter((line) => line.includes(`"decision":"${decision}"`) && line.includes('"verb":"terminal"'))
      .length;
  await vi.waitFor(() => expect(count('closed')).toBe(count('opened')), WAIT);
});

async function pod(name: string): Promise<void> {
  const metadata = { name, namespace: target.name };
  const spec = {
    containers: [{ name: 'main', image: 'x:1' }],
    automountServiceAccountToken: false,
    ...(name === 'stopped' ? { schedulingGates: [{ name: 'example.com/never' }] } : {}),
  };
  await server.kube.apply({ apiVersion: 'v1', kind: 'Pod', metadata, spec } as never);
  if (name === 'stopped') return;
  const now = new Date().toISOString();
  const status = {
    phase: 'Running',
    containerStatuses: [
      {
        name: 'main',
        image: 'x:1',
        imageID: '',
        ready: true,
        restartCount: 0,
        state: { running: { startedAt: now } },
      },
    ],
  };
  const path = `/api/v1/namespaces/${target.name}/pods/${name}/status`;
  await server.kube.request('PATCH', path, { status }, 'application/merge-patch+json');
}

describe('a terminal', () => {
  it('runs the first shell that is there, with keys, sizes and exit', async () => {
    const browser = await new Browser().runs();
    browser.socket.send(JSON.stringify({ operation: 'resize', rows: 24, cols: 80 }));
    await expect.poll(() => exec.sizes, WAIT).toContain('{"Width":80,"Height":24}');
    browser.type('printf "caf\\303\\251\\n"; exit 3\n');
    await expect.poll(() => browser.closed, WAIT).toBe('1000 the program ended');
    expect(browser.text).toContain('café\n');
    expect(browser.text).toContain('command terminated with exit code 3');
    const asked = exec.requests.filter(({ container }) => container === 'main').slice(-2);
    expect(asked.map(({ command }) => command)).toEqual([['bash'], ['sh']]);
    expect(asked[1]).toMatchObject({
      path: `/api/v1/namespaces/${target.name}/pods/web-0/exec`,
      protocol: 'v5.channel.k8s.io',
    });
  });

  it('says so where the container has no shell, and can be asked for one', async () => {
    const none = new Browser({ query: query({ shell: 'bash' }) });
    await expect.poll(() => none.closed, WAIT).toBe('1000 no program could be run');
    expect(none.text).toContain('the container has none of the shells bash');
    const one = await new Browser({ query: query({ shell: 'sh' }) }).runs();
    one.socket.close();
    await expect.poll(() => exec.running, WAIT).toBe(0);
  });

  it('ends with its pod, and when the browser leaves', async () => {
    const browser = await new Browser().runs();
    exec.endAll();
    await expect.poll(() => browser.closed, WAIT).toBe('1000 the program ended');
    const other = await new Browser().runs();
    other.socket.terminate();
    await expect.poll(() => exec.running, WAIT).toBe(0);
  });

  it('is written down when it opens and when it closes, without what is typed', async () => {
    const browser = await new Browser({ token: tokens['operator'] }).runs();
    browser.type('echo canary-of-keys\n');
    await expect.poll(() => browser.text, WAIT).toContain('canary-of-keys');
    browser.socket.close();
    const lines = (): readonly Record<string, unknown>[] =>
      log
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter((line) => line['verb'] === 'terminal' && line['user'] === 'operator');
    await expect.poll(() => lines().map((line) => line['decision']), WAIT).toEqual(['opened', 'closed']);
    expect(lines()[1]).toMatchObject({
      object: { app: 'shop', project: 'default', pod: 'web-0', container: 'main' },
      shell: 'sh',
      reason: 'the browser left',
      source: expect.stringContaining('127.0.0.1'),
    });
    expect(log.join('\n')).not.toContain('canary-of-keys');
  });
});

describe('who may have one', () => {
  it.each<[string, () => Asked, string]>([
    ['without a cookie', () => ({ headers: { cookie: 'other=1' } }), '400 Auth cookie not found'],
    ['with a bad token', () => ({ token: 'a.b.c' }), '401 Invalid token'],
    // No Origin check let any page open a terminal with the cookies of its visitor (A53).
    [
      'from another page',
      () => ({ headers: { origin: 'https://evil.example' } }),
      '403 Cross-site requests are refused',
    ],
    ['from a sandboxed page', () => ({ headers: { origin: 'null' } }), '403 Cross-site requests are refused'],
    [
      'from another page whose browser says otherwise',
      () => ({ headers: { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' } }),
      '403 Cross-site requests are refused',
    ],
    [
      'from a sibling site',
      () => ({ headers: { 'sec-fetch-site': 'same-site' } }),
      '403 Cross-site requests are refused',
    ],
    ['without a pod', () => ({ query: query({ pod: '' }) }), '400 Missing required parameter: pod'],
    [
      'with a path for a pod',
      () => ({ query: query({ pod: '../../secrets' }) }),
      '400 Invalid parameter: pod',
    ],
    ['with two pods', () => ({ query: `${query()}&pod=other` }), '400 Invalid parameter: pod'],
    [
      'with a shell that is not listed',
      () => ({ query: query({ shell: '/bin/cat' }) }),
      '400 Invalid parameter: shell',
    ],
    [
      'in a namespace that is not served',
      () => ({ query: query({ appNamespace: 'elsewhere' }) }),
      '403 namespace is not permitted',
    ],
    ['with the right to see alone', () => ({ token: tokens['viewer'] }), '401 permission denied'],
    ['with the right to run alone', () => ({ token: tokens['blind'] }), '401 permission denied'],
    [
      'of an absent Application',
      () => ({ token: tokens['operator'], query: query({ appName: 'none' }) }),
      '401 permission denied',
    ],
    [
      'of an absent Application, as anybody',
      () => ({ token: tokens['viewer'], query: query({ appName: 'none' }) }),
      '401 permission denied',
    ],
    [
      'of a project that is not its own',
      () => ({ query: query({ projectName: 'other' }) }),
      '401 permission denied',
    ],
    [
      'in a pod of somebody else',
      () => ({ query: query({ pod: 'foreign' }) }),
      '400 Pod  foreign not found as part of application shop',
    ],
    [
      'in a container that does not run',
      () => ({ query: query({ pod: 'stopped' }) }),
      '400 the container main of the pod stopped does not run',
    ],
    [
      'in a container that is not there',
      () => ({ query: query({ container: 'side' }) }),
      '400 the container side of the pod web-0 does not run',
    ],
  ])('%s: nobody', async (_who, asked, answer) => {
    const before = exec.requests.length;
    expect(await answerTo(asked())).toBe(answer);
    expect(exec.requests).toHaveLength(before);
  });

  it('on the own page: whoever has the right', async () => {
    const origin = `http://127.0.0.1:${server.port}`;
    const browser = await new Browser({ token: tokens['operator'], headers: { origin } }).runs();
    browser.socket.close();
  });

  it('by a request that is no websocket: nobody, with the same answers', async () => {
    expect((await server.send('GET', '/terminal')).text).toBe('Auth cookie not found\n');
    const headers = { cookie: `argocd.token=${admin}` };
    expect((await server.send('GET', `/terminal?${query()}`, { headers })).status).toBe(400);
  });

  it('beyond ten at once: nobody', async () => {
    const browsers = await Promise.all(Array.from({ length: 10 }, () => new Browser().opened()));
    expect(browsers.every((answer) => answer.startsWith('open'))).toBe(true);
    expect(await answerTo({})).toBe('429 too many terminals are open');
  });
});

// CVE-2023-40025, CVE-2024-41666 (A28): a terminal outlived the token and the right it was opened with.
describe('an open terminal ends', () => {
  it('with the right, though nothing is typed', async () => {
    const browser = await new Browser({ token: tokens['operator'] }).runs();
    await server.configure('argocd-rbac-cm', {
      'policy.csv': POLICY.filter((line) => !line.includes('operator, exec')).join('\n'),
    });
    await expect.poll(() => browser.closed, WAIT).toBe('1008 the right is gone');
    expect(browser.text).toContain('permission denied');
    await server.configure('argocd-rbac-cm', { 'policy.csv': POLICY.join('\n') });
    await expect.poll(() => statusWithout(tokens['operator'] ?? ''), WAIT).toBe(400);
  });

  it('with the token', async () => {
    const browser = await new Browser({ token: tokens['operator'] }).runs();
    const { json } = await server.send('GET', '/api/v1/account/operator', { token: admin });
    const [{ id }] = json['tokens'] as [{ readonly id: string }];
    await server.send('DELETE', `/api/v1/account/operator/token/${id}`, { token: admin });
    await expect.poll(() => browser.closed, WAIT).toBe('1008 the right is gone');
    tokens['operator'] = await tokenOf('operator');
  });

  it('when terminals are turned off', async () => {
    const browser = await new Browser().runs();
    await server.configure('argocd-cm', { 'exec.enabled': undefined });
    await expect.poll(() => browser.closed, WAIT).toBe('1008 the right is gone');
    expect(await answerTo({})).toBe('404 Not Found');
    await server.configure('argocd-cm', { 'exec.enabled': 'true' });
    await expect.poll(() => statusWithout(admin), WAIT).toBe(400);
  });

  it.each([
    ['no JSON', 'rm -rf /'],
    ['no frame', '{"operation":"stdout","data":"x"}'],
    ['keys of a prototype', '{"__proto__":{"operation":"stdin"},"data":"x"}'],
    ['a size of nothing', '{"operation":"resize","rows":-1,"cols":1e99}'],
  ])('with a frame that is %s', async (_what, text) => {
    const browser = await new Browser().runs();
    browser.socket.send(text);
    await expect.poll(() => browser.closed, WAIT).toBe('1003 a frame could not be read');
  });

  it('with a frame that is too large', async () => {
    const browser = await new Browser().runs();
    browser.type('x'.repeat(100_000));
    await expect.poll(() => browser.closed, WAIT).toMatch(/^1009 /u);
  });

  it('before its token does, so that the browser comes with a new one', async () => {
    const { signToken } = await import('../auth/token.ts');
    const key = await server.signatureKey();
    const now = Math.floor(Date.now() / 1_000);
    const made = (seconds: number): string =>
      signToken(
        { iss: 'argocd', sub: 'admin:login', iat: now, nbf: now, jti: `t${seconds}`, exp: now + seconds },
        key,
      );
    const browser = await new Browser({ token: made(303) }).runs();
    await expect.poll(() => browser.closed, WAIT).toBe('1000 the token ends');
    expect(browser.frames.at(-1)).toEqual({ Code: 1 });
    const next = new Browser({ token: made(200) });
    expect(await next.opened()).toMatch(
      /^open argocd\.token=[\w-]+\.[\w-]+\.[\w-]+; path=\/; SameSite=lax; httpOnly/u,
    );
    await expect.poll(() => next.socket.readyState, WAIT).toBe(WebSocket.OPEN);
    next.socket.close();
  });
});
