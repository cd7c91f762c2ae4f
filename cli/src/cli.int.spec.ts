import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appOf, ended, resourceOf } from './testing/apps.ts';
import { FixtureServer, refusal, type Answering, type FixtureAnswer } from './testing/fixture-server.ts';
import { Cli } from './testing/run-cli.ts';

const TOKEN = `x.${Buffer.from(JSON.stringify({ sub: 'admin:login' })).toString('base64url')}.y`;

let cli: Cli;
let answers: Record<string, FixtureAnswer | Answering>;
let server: FixtureServer;

beforeEach(async () => {
  cli = await Cli.create();
  answers = {
    'GET /api/version': { body: { Version: 'v3.5.1' } },
    'POST /api/v1/session': { body: { token: TOKEN } },
    'GET /api/v1/settings': { body: { url: 'https://cd.example.com' } },
    'GET /api/v1/projects/default': { body: { spec: {} } },
    'GET /api/v1/applications': { body: { items: [appOf()] } },
    'GET /api/v1/applications/shop': { body: appOf() },
  };
  server = await FixtureServer.start((request) => {
    const answer = answers[`${request.method} ${request.path}`] ?? refusal(5, `no ${request.path} here`);
    return typeof answer === 'function' ? answer(request) : answer;
  });
});

afterEach(async () => {
  await server.stop();
  await cli.remove();
});

const login = (...more: readonly string[]): ReturnType<Cli['run']> =>
  cli.run(['login', server.address, '--plaintext', '--username', 'admin', '--password', 'secret-1', ...more]);

const onServer = (...args: readonly string[]): ReturnType<Cli['run']> =>
  cli.run([...args, '--server', server.address, '--plaintext', '--auth-token', TOKEN]);

describe('a login', () => {
  it('writes a configuration that only its owner reads, and no password', async () => {
    expect(await login()).toEqual({
      code: 0,
      stdout: `'admin:login' logged in successfully\nContext '${server.address}' updated\n`,
      stderr: '',
    });
    expect((await stat(cli.configFile)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(cli.configFile))).mode & 0o777).toBe(0o700);
    const config = await readFile(cli.configFile, 'utf8');
    expect(config).not.toContain('secret-1');
    expect(config).toContain(`auth-token: ${TOKEN}`);
    expect(config).toContain('plain-text: true');
  });

  it('takes name and password from the input, and the session is used from then on', async () => {
    const { code } = await cli.run(['login', server.address, '--plaintext'], { stdin: 'admin\nsecret-1\n' });
    expect(code).toBe(0);
    expect(JSON.parse(server.requests.at(-1)?.body ?? '')).toEqual({
      username: 'admin',
      password: 'secret-1',
    });
    await cli.run(['app', 'list']);
    expect(server.requests.at(-1)?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  it('that gets no answers ends instead of hanging', async () => {
    const { code, stderr } = await cli.run(['login', server.address, '--plaintext']);
    expect(code).toBe(20);
    expect(stderr).toContain('The input ended before the answer');
  });

  it('finds a server without TLS, and asks before it goes on', async () => {
    const args = ['login', server.address, '--username', 'admin', '--password', 'secret-1'];
    const refused = await cli.run(args, { stdin: 'n\n' });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('--plaintext');
    expect(server.requests).toHaveLength(0);
    const accepted = await cli.run(args, { stdin: 'y\n' });
    expect(accepted.stdout).toContain('WARNING: server is not configured with TLS. Proceed (y/n)?');
    expect(accepted.code).toBe(0);
  });

  it('works below a path, which is remembered', async () => {
    answers['GET /cd/api/version'] = { body: {} };
    answers['POST /cd/api/v1/session'] = { body: { token: TOKEN } };
    answers['GET /cd/api/v1/applications'] = { body: { items: null } };
    const { stdout } = await cli.run([
      'login',
      `http://${server.address}/cd`,
      '--username',
      'admin',
      '--password',
      'x',
    ]);
    expect(stdout).toContain(`Context '${server.address}/cd' updated`);
    expect((await cli.run(['app', 'list', '-o', 'name'])).code).toBe(0);
    expect(server.requests.at(-1)?.path).toBe('/cd/api/v1/applications');
  });

  it('refuses a configuration that others can read', async () => {
    await login();
    await chmod(cli.configFile, 0o644);
    const { code, stderr } = await cli.run(['app', 'list']);
    expect(code).toBe(20);
    expect(stderr).toContain('others can read it (mode 644)');
    expect(stderr).toContain(`chmod 600 ${cli.configFile}`);
  });

  it('keeps what another client wrote into the configuration', async () => {
    await mkdir(dirname(cli.configFile), { recursive: true });
    const before = [
      'contexts:',
      '- {name: old, server: old.example.com, user: old}',
      'current-context: old',
      'prompts-enabled: false',
      'servers:',
      '- {server: old.example.com, grpc-web-root-path: "", grpc-web: true}',
      'users:',
      '- {name: old, auth-token: o.l.d, refresh-token: keep-me}',
      '',
    ];
    await writeFile(cli.configFile, before.join('\n'), { mode: 0o600 });
    await login('--name', 'new');
    expect((await cli.run(['context'])).stdout).toBe(
      `CURRENT  NAME  SERVER\n         old   old.example.com\n*        new   ${server.address}\n`,
    );
    const after = await readFile(cli.configFile, 'utf8');
    for (const kept of ['keep-me', 'prompts-enabled: false', 'grpc-web: true']) expect(after).toContain(kept);
  });
});

describe('contexts', () => {
  it('are listed, switched and deleted', async () => {
    expect(await cli.run(['context'])).toMatchObject({ code: 1 });
    await login('--name', 'one');
    await login('--name', 'two');
    expect((await cli.run(['context', 'one'])).stdout).toBe("Switched to context 'one'\n");
    const unknown = await cli.run(['context', 'nosuch']);
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toBe("Error: Context 'nosuch' undefined\n  Contexts: one, two\n");
    expect((await cli.run(['context', 'one', '--delete'])).stdout).toBe("Context 'one' deleted\n");
    expect((await cli.run(['app', 'list'])).stderr).toContain('has no current context');
    expect((await cli.run(['app', 'list', '--argocd-context', 'two', '-o', 'name'])).stdout).toBe(
      'argocd/shop\n',
    );
  });

  it('are logged out of, on the server too', async () => {
    answers['POST /auth/logout'] = { status: 303 };
    await login('--name', 'one');
    expect(await cli.run(['logout', 'one'])).toEqual({
      code: 0,
      stdout: "Logged out from 'one'\n",
      stderr: '',
    });
    expect(server.asked('POST', '/auth/logout')[0]?.headers.cookie).toBe(`argocd.token=${TOKEN}`);
    expect(await readFile(cli.configFile, 'utf8')).not.toContain(TOKEN);
  });

  it('are logged out of although the server is away, and that is said', async () => {
    await login('--name', 'one');
    await server.stop();
    const { code, stderr } = await cli.run(['logout', 'one']);
    expect(code).toBe(0);
    expect(stderr).toContain('Warning: the session could not be ended on the server');
    expect(await readFile(cli.configFile, 'utf8')).not.toContain(TOKEN);
    server = await FixtureServer.start(() => ({}));
  });
});

describe('a server', () => {
  it('is named by flags, options variable and environment, in this order', async () => {
    const env = { ARGOCD_SERVER: 'nosuch.invalid', ARGOCD_AUTH_TOKEN: 'e.n.v' };
    const opts = { ARGOCD_OPTS: `--plaintext --server ${server.address} -H 'X-Team: web shop' --grpc-web` };
    expect((await cli.run(['app', 'list', '-o', 'name'], { env: { ...env, ...opts } })).code).toBe(0);
    expect(server.requests.at(-1)?.headers).toMatchObject({
      authorization: 'Bearer e.n.v',
      'x-team': 'web shop',
    });
    const own = { ...env, ...opts, TIPHYS_AUTH_TOKEN: 'o.w.n' };
    await cli.run(['app', 'list', '--header', 'X-Team: db'], { env: own });
    expect(server.requests.at(-1)?.headers).toMatchObject({ authorization: 'Bearer o.w.n', 'x-team': 'db' });
    await cli.run(['app', 'list', '--auth-token', 'f.l.g'], { env: own });
    expect(server.requests.at(-1)?.headers.authorization).toBe('Bearer f.l.g');
  });

  it('never gets the token of another one', async () => {
    await login();
    await cli.run([
      'app',
      'list',
      '--server',
      `localhost:${server.address.split(':')[1] ?? ''}`,
      '--plaintext',
    ]);
    expect(server.requests.at(-1)?.headers.authorization).toBeUndefined();
  });

  it('that is away is told with what to do', async () => {
    const { code, stderr } = await cli.run(['app', 'list', '--server', '127.0.0.1:1', '--plaintext']);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^Error: Cannot talk to 127\.0\.0\.1:1 \(--server\): connection refused\n {2}Is the server/,
    );
  });

  it('that nobody named is told with where it was looked for', async () => {
    const { code, stderr } = await cli.run(['app', 'list']);
    expect(code).toBe(1);
    expect(stderr).toContain(cli.configFile);
    expect(stderr).toContain('tiphys login SERVER');
  });

  it('that sends to TLS is told as such', async () => {
    answers['GET /api/v1/applications'] = { status: 307, headers: { location: 'https://x.example.com/' } };
    const { code, stderr } = await onServer('app', 'list');
    expect(code).toBe(20);
    expect(stderr).toContain('Leave out --plaintext: the server speaks TLS.');
  });

  it('that answers something else than the API is told as such', async () => {
    answers['GET /api/v1/applications'] = { body: { items: [{ metadata: {} }] } };
    expect((await onServer('app', 'list')).stderr).toMatch(/items\.0\.metadata\.name/);
    answers['GET /api/v1/applications'] = { body: '<html>' };
    expect((await onServer('app', 'list')).stderr).toContain(
      'cannot read GET /api/v1/applications of 127.0.0.1',
    );
    answers['GET /api/v1/applications'] = { status: 502, body: 'upstream is away' };
    expect((await onServer('app', 'list')).stderr).toContain('HTTP 502: upstream is away');
  });

  it('that is overloaded is asked again as often as allowed', async () => {
    let left = 2;
    answers['GET /api/v1/applications'] = () =>
      left-- > 0 ? refusal(14, 'come back later') : { body: { items: [] } };
    expect((await onServer('app', 'list', '--http-retry-max', '1')).code).toBe(20);
    left = 2;
    expect((await onServer('app', 'list', '--http-retry-max', '2')).code).toBe(0);
  });

  it('that refuses is told as JSON where that is asked for', async () => {
    answers['GET /api/v1/applications'] = refusal(16, 'no session information');
    const { code, stderr } = await onServer('app', 'list', '--logformat', 'json');
    expect(code).toBe(20);
    expect(JSON.parse(stderr)).toMatchObject({
      level: 'fatal',
      msg: 'no session information (Unauthenticated)',
    });
  });
});

describe('a wait', () => {
  const stale = appOf({ status: { sync: { status: 'OutOfSync' }, health: { status: 'Progressing' } } });
  const event = (application: unknown, type = 'MODIFIED'): object => ({ type, application });
  const stream = 'GET /api/v1/stream/applications';

  it('goes on over streams that end and servers that come and go', async () => {
    answers['GET /api/v1/applications/shop'] = { body: stale };
    const turns: FixtureAnswer[] = [
      { events: [event(stale, 'ADDED')], cut: true },
      refusal(14, 'restarting'),
      { events: [event(stale, 'ADDED'), event(appOf())] },
    ];
    answers[stream] = () => turns.shift() ?? refusal(13, 'asked too often');
    const { code, stdout, stderr } = await onServer('app', 'wait', 'shop', '--timeout', '20');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain('Health Status:      Healthy');
    expect(server.asked('GET', '/api/v1/stream/applications')).toHaveLength(3);
    expect(server.requests.find(({ path }) => path.includes('stream'))?.headers.accept).toBe(
      'text/event-stream',
    );
  });

  it('tells each change of an object once, without colours', async () => {
    answers['GET /api/v1/applications/shop'] = { body: stale };
    const degraded = appOf({
      status: { health: { status: 'Degraded' }, resources: [resourceOf({ health: { status: 'Degraded' } })] },
    });
    answers[stream] = { events: [event(stale), event(stale), event(degraded), event(appOf())] };
    const { stdout } = await onServer('app', 'wait', 'shop', '--timeout', '20');
    const rows = stdout.split('\n').filter((line) => /^\d{4}-\d\d-\d\dT/.test(line));
    expect(rows.map((row) => row.split(/ +/).slice(-3, -1).join(' '))).toEqual([
      'Synced Healthy',
      'Synced Degraded',
      'Synced Healthy',
    ]);
    expect(stdout).not.toContain('\u001b[');
  });

  it('ends at once where the server will not let it watch', async () => {
    answers['GET /api/v1/applications/shop'] = { body: stale };
    answers[stream] = refusal(7, 'permission denied');
    const { code, stderr } = await onServer('app', 'wait', 'shop', '--timeout', '20');
    expect(code).toBe(20);
    expect(stderr).toContain('permission denied (PermissionDenied)');
    expect(server.asked('GET', '/api/v1/stream/applications')).toHaveLength(1);
  });

  it('ends where the application is deleted meanwhile', async () => {
    answers['GET /api/v1/applications/shop'] = { body: stale };
    answers[stream] = { events: [event(stale, 'DELETED')] };
    const { code, stderr } = await onServer('app', 'wait', 'shop', '--timeout', '20');
    expect(code).toBe(20);
    expect(stderr).toContain('was deleted while it was waited for');
  });

  it('that ran out of time shows the last state', async () => {
    answers['GET /api/v1/applications/shop'] = { body: stale };
    answers[stream] = { events: [event(stale)] };
    const { code, stdout, stderr } = await onServer('app', 'wait', 'shop', '--timeout', '1');
    expect(code).toBe(20);
    expect(stdout).toContain('This is the state of the app after wait timed out:');
    expect(stdout).toContain('Sync Status:        OutOfSync from main');
    expect(stderr).toBe('Error: timed out (1s) waiting for app "shop" match desired state\n');
  });
});

describe('a sync', () => {
  it('asks for what the flags say', async () => {
    answers['POST /api/v1/applications/shop/sync'] = { body: appOf() };
    const flags = ['--prune', '--dry-run', '--revision', 'v2', '--strategy', 'apply', '--force', '--async'];
    const more = [
      '--info',
      'why=test',
      '--retry-limit',
      '2',
      '--server-side',
      '--resource',
      'apps:Deployment:*',
    ];
    expect(await onServer('app', 'sync', 'argocd/shop', ...flags, ...more)).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(JSON.parse(server.requests.at(-1)?.body ?? '')).toEqual({
      name: 'shop',
      appNamespace: 'argocd',
      revision: 'v2',
      dryRun: true,
      prune: true,
      strategy: { apply: { force: true } },
      resources: [{ group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' }],
      infos: [{ name: 'why', value: 'test' }],
      retryStrategy: {
        limit: 2,
        backoff: { duration: '5s', factor: 2, maxDuration: '3m0s' },
        refresh: false,
      },
      syncOptions: { items: ['ServerSideApply=true'] },
    });
    expect(server.requests.at(-1)?.headers['content-type']).toBe('application/json');
  });

  it('whose operation fails ends with 1 and says why', async () => {
    const failed = appOf({
      status: { operationState: ended({ phase: 'Failed', message: 'one or more objects failed to apply' }) },
    });
    answers['GET /api/v1/applications/shop'] = { body: failed };
    answers['POST /api/v1/applications/shop/sync'] = { body: failed };
    const { code, stderr } = await onServer('app', 'sync', 'shop', '--timeout', '20');
    expect(code).toBe(1);
    expect(stderr).toContain(
      'Operation has completed with phase: Failed\n  one or more objects failed to apply',
    );
  });

  it('with a preview shows the differences and does nothing without a yes', async () => {
    answers['GET /api/v1/applications/shop/managed-resources'] = {
      body: {
        items: [
          {
            kind: 'ConfigMap',
            namespace: 'shop',
            name: 'settings',
            targetState: '{"data":{"size":9007199254740993}}',
            normalizedLiveState: '{"data":{"size":1}}',
            predictedLiveState: '{"data":{"size":9007199254740993}}',
          },
        ],
      },
    };
    const { code, stdout } = await cli.run(
      ['app', 'sync', 'shop', '--preview-changes', '--server', server.address, '--plaintext'],
      { stdin: 'n\n' },
    );
    expect(code).toBe(0);
    expect(stdout).toContain('-  size: 1\n+  size: 9007199254740993\n');
    expect(server.requests.some(({ method }) => method === 'POST')).toBe(false);
  });
});

describe('a comparison', () => {
  it('that the server could not make is no clean one', async () => {
    const broken = appOf({ status: { conditions: [{ type: 'ComparisonError', message: 'no such path' }] } });
    answers['GET /api/v1/applications/shop'] = { body: broken };
    const { code, stderr } = await onServer('app', 'diff', 'shop');
    expect(code).toBe(20);
    expect(stderr).toContain('The application shop cannot be compared: no such path');
  });
});

describe('the command line', () => {
  it('tells a missing argument, an unknown flag, verb and format in one line', async () => {
    expect(await cli.run(['app', 'get'])).toMatchObject({ code: 1 });
    expect((await cli.run(['app', 'get'])).stderr).toContain(
      'An argument is missing: tiphys app get APPNAME',
    );
    expect((await cli.run(['app', 'lst'])).stderr).toContain("unknown command 'lst'\n(Did you mean list?)");
    expect(await cli.run(['app', 'list', '--nope'])).toMatchObject({
      code: 1,
      stderr: "error: unknown option '--nope'\n",
    });
    expect(await onServer('app', 'get', 'shop', '-o', 'bad')).toMatchObject({ code: 20 });
  });

  it('reads flags as Go programs write them', async () => {
    const { stdout, code } = await onServer('app', 'list', '-o=name', '--project=default', '--grpc-web=true');
    expect({ stdout, code }).toEqual({ stdout: 'argocd/shop\n', code: 0 });
    answers['DELETE /api/v1/applications/shop'] = { body: {} };
    await onServer('app', 'delete', 'shop', '--cascade=false', '-y');
    expect(server.requests.at(-1)?.query.get('cascade')).toBe('false');
    await onServer('app', 'delete', 'shop', '-y');
    expect(server.requests.at(-1)?.query.has('cascade')).toBe(false);
  });

  it.each([['login'], ['logout'], ['context'], ['version']])('explains %s with examples', async (...path) => {
    const { code, stdout } = await cli.run([...path, '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: tiphys /);
    expect(stdout).toContain(`Examples:\n  # `);
  });

  it('reads an application file and puts the flags over it', async () => {
    const file = join(cli.home, 'app.yaml');
    await writeFile(
      file,
      'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: new}\nspec: {project: web}\n',
    );
    answers['POST /api/v1/applications'] = { body: appOf({ name: 'new' }) };
    const { stdout } = await onServer(
      'app',
      'create',
      '-f',
      file,
      '--upsert',
      '--validate=false',
      '--path',
      'x',
    );
    expect(stdout).toBe("application 'new' created\n");
    const { body, query } = server.requests.at(-1) ?? {};
    expect(JSON.parse(body ?? '')).toEqual({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'new' },
      spec: { project: 'web', source: { path: 'x' } },
    });
    expect(query?.toString()).toBe('upsert=true&validate=false');
  });
});

describe('actions', () => {
  const liveState = (apiVersion: string): string => JSON.stringify({ apiVersion });
  const items = ['web', 'api'].map((name) => ({
    group: 'apps',
    kind: 'Deployment',
    namespace: 'shop',
    name,
    liveState: liveState('apps/v1'),
  }));
  const runs = (): readonly unknown[] =>
    server.requests
      .filter(({ path }) => path.endsWith('/resource/actions/v2'))
      .map(({ body }) => JSON.parse(body) as unknown);

  beforeEach(() => {
    answers['GET /api/v1/applications/shop/managed-resources'] = { body: { items } };
    answers['POST /api/v1/applications/shop/resource/actions/v2'] = { body: {} };
  });

  it('run on one object, with parameters', async () => {
    const chosen = ['--kind', 'Deployment', '--resource-name', 'web', '--param', 'replicas=3'];
    const { code, stderr } = await onServer('app', 'actions', 'run', 'shop', 'scale', ...chosen);
    expect([code, stderr]).toEqual([0, '']);
    expect(runs()).toEqual([
      {
        name: 'shop',
        group: 'apps',
        version: 'v1',
        kind: 'Deployment',
        namespace: 'shop',
        resourceName: 'web',
        action: 'scale',
        resourceActionParameters: [{ name: 'replicas', value: '3' }],
      },
    ]);
  });

  it('run on several objects only where all are meant', async () => {
    const restart = ['app', 'actions', 'run', 'shop', 'restart', '--kind', 'Deployment'];
    const { code, stderr } = await onServer(...restart);
    expect(code).toBe(20);
    expect(stderr).toContain('Deployment shop/web, Deployment shop/api');
    expect(runs()).toEqual([]);
    expect((await onServer(...restart, '--all')).code).toBe(0);
    expect(runs()).toMatchObject([{ resourceName: 'web' }, { resourceName: 'api' }]);
  });

  it('take no parameter that is none', async () => {
    const { code, stderr } = await onServer('app', 'actions', 'run', 'shop', 'scale', '--param', '3');
    expect([code, stderr]).toEqual([1, expect.stringContaining("'3' is no parameter") as string]);
    expect(runs()).toEqual([]);
  });
});
