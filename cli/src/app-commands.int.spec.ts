import { beforeEach, describe, expect, it } from 'vitest';
import { appOf, ended, resourceOf } from './testing/apps.ts';
import { refusal, type FixtureAnswer } from './testing/fixture-server.ts';
import { CliStage } from './testing/cli-stage.ts';

const stage = new CliStage();

describe('a wait', () => {
  const stale = appOf({ status: { sync: { status: 'OutOfSync' }, health: { status: 'Progressing' } } });
  const event = (application: unknown, type = 'MODIFIED'): object => ({ type, application });
  const stream = 'GET /api/v1/stream/applications';

  it('goes on over streams that end and servers that come and go', async () => {
    stage.answers['GET /api/v1/applications/shop'] = { body: stale };
    const turns: FixtureAnswer[] = [
      { events: [event(stale, 'ADDED')], cut: true },
      refusal(14, 'restarting'),
      { events: [event(stale, 'ADDED'), event(appOf())] },
    ];
    stage.answers[stream] = () => turns.shift() ?? refusal(13, 'asked too often');
    const { code, stdout, stderr } = await stage.onServer('app', 'wait', 'shop', '--timeout', '20');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain('Health Status:      Healthy');
    expect(stage.server.asked('GET', '/api/v1/stream/applications')).toHaveLength(3);
    expect(stage.server.requests.find(({ path }) => path.includes('stream'))?.headers.accept).toBe(
      'text/event-stream',
    );
  });

  it('tells each change of an object once, without colours', async () => {
    stage.answers['GET /api/v1/applications/shop'] = { body: stale };
    const degraded = appOf({
      status: { health: { status: 'Degraded' }, resources: [resourceOf({ health: { status: 'Degraded' } })] },
    });
    stage.answers[stream] = { events: [event(stale), event(stale), event(degraded), event(appOf())] };
    const { stdout } = await stage.onServer('app', 'wait', 'shop', '--timeout', '20');
    const rows = stdout.split('\n').filter((line) => /^\d{4}-\d\d-\d\dT/.test(line));
    expect(rows.map((row) => row.split(/ +/).slice(-3, -1).join(' '))).toEqual([
      'Synced Healthy',
      'Synced Degraded',
      'Synced Healthy',
    ]);
    expect(stdout).not.toContain('\u001b[');
  });

  it('ends at once where the server will not let it watch', async () => {
    stage.answers['GET /api/v1/applications/shop'] = { body: stale };
    stage.answers[stream] = refusal(7, 'permission denied');
    const { code, stderr } = await stage.onServer('app', 'wait', 'shop', '--timeout', '20');
    expect(code).toBe(20);
    expect(stderr).toContain('permission denied (PermissionDenied)');
    expect(stage.server.asked('GET', '/api/v1/stream/applications')).toHaveLength(1);
  });

  it('ends where the application is deleted meanwhile', async () => {
    stage.answers['GET /api/v1/applications/shop'] = { body: stale };
    stage.answers[stream] = { events: [event(stale, 'DELETED')] };
    const { code, stderr } = await stage.onServer('app', 'wait', 'shop', '--timeout', '20');
    expect(code).toBe(20);
    expect(stderr).toContain('was deleted while it was waited for');
  });

  it('that ran out of time shows the last state', async () => {
    stage.answers['GET /api/v1/applications/shop'] = { body: stale };
    stage.answers[stream] = { events: [event(stale)] };
    const { code, stdout, stderr } = await stage.onServer('app', 'wait', 'shop', '--timeout', '1');
    expect(code).toBe(20);
    expect(stdout).toContain('This is the state of the app after wait timed out:');
    expect(stdout).toContain('Sync Status:        OutOfSync from main');
    expect(stderr).toBe('Error: timed out (1s) waiting for app "shop" match desired state\n');
  });
});

describe('a sync', () => {
  it('asks for what the flags say', async () => {
    stage.answers['POST /api/v1/applications/shop/sync'] = { body: appOf() };
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
    expect(await stage.onServer('app', 'sync', 'argocd/shop', ...flags, ...more)).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(JSON.parse(stage.server.requests.at(-1)?.body ?? '')).toEqual({
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
    expect(stage.server.requests.at(-1)?.headers['content-type']).toBe('application/json');
  });

  it('whose operation fails ends with 1 and says why', async () => {
    const failed = appOf({
      status: { operationState: ended({ phase: 'Failed', message: 'one or more objects failed to apply' }) },
    });
    stage.answers['GET /api/v1/applications/shop'] = { body: failed };
    stage.answers['POST /api/v1/applications/shop/sync'] = { body: failed };
    const { code, stderr } = await stage.onServer('app', 'sync', 'shop', '--timeout', '20');
    expect(code).toBe(1);
    expect(stderr).toContain(
      'Operation has completed with phase: Failed\n  one or more objects failed to apply',
    );
  });

  it('with a preview shows the differences and does nothing without a yes', async () => {
    stage.answers['GET /api/v1/applications/shop/managed-resources'] = {
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
    const { code, stdout } = await stage.cli.run(
      ['app', 'sync', 'shop', '--preview-changes', '--server', stage.server.address, '--plaintext'],
      { stdin: 'n\n' },
    );
    expect(code).toBe(0);
    expect(stdout).toContain('-  size: 1\n+  size: 9007199254740993\n');
    expect(stage.server.requests.some(({ method }) => method === 'POST')).toBe(false);
  });
});

describe('a comparison', () => {
  it('that the server could not make is no clean one', async () => {
    const broken = appOf({ status: { conditions: [{ type: 'ComparisonError', message: 'no such path' }] } });
    stage.answers['GET /api/v1/applications/shop'] = { body: broken };
    const { code, stderr } = await stage.onServer('app', 'diff', 'shop');
    expect(code).toBe(20);
    expect(stderr).toContain('The application shop cannot be compared: no such path');
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
    stage.server.requests
      .filter(({ path }) => path.endsWith('/resource/actions/v2'))
      .map(({ body }) => JSON.parse(body) as unknown);

  beforeEach(() => {
    stage.answers['GET /api/v1/applications/shop/managed-resources'] = { body: { items } };
    stage.answers['POST /api/v1/applications/shop/resource/actions/v2'] = { body: {} };
  });

  it('run on one object, with parameters', async () => {
    const chosen = ['--kind', 'Deployment', '--resource-name', 'web', '--param', 'replicas=3'];
    const { code, stderr } = await stage.onServer('app', 'actions', 'run', 'shop', 'scale', ...chosen);
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
    const { code, stderr } = await stage.onServer(...restart);
    expect(code).toBe(20);
    expect(stderr).toContain('Deployment shop/web, Deployment shop/api');
    expect(runs()).toEqual([]);
    expect((await stage.onServer(...restart, '--all')).code).toBe(0);
    expect(runs()).toMatchObject([{ resourceName: 'web' }, { resourceName: 'api' }]);
  });

  it('take no parameter that is none', async () => {
    const { code, stderr } = await stage.onServer('app', 'actions', 'run', 'shop', 'scale', '--param', '3');
    expect([code, stderr]).toEqual([1, expect.stringContaining("'3' is no parameter") as string]);
    expect(runs()).toEqual([]);
  });
});
