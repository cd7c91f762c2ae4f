import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMap, givenTiphys } from '@tiphys/testing/given';
import { poll } from '@tiphys/testing/processes';
import { Cli } from './testing/run-cli.ts';

const NEVER_ENDS = [
  'apiVersion: batch/v1',
  'kind: Job',
  'metadata:',
  '  name: forever',
  '  annotations: { argocd.argoproj.io/hook: PreSync }',
  'spec:',
  '  template:',
  '    metadata: { labels: { rec: hang } }',
  '    spec: { restartPolicy: Never, containers: [{ name: main, image: example.com/job:1, command: [sleep] }] }',
  '',
].join('\n');

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;
let cli: Cli;
let address: string;

beforeAll(async () => {
  tiphys = await givenTiphys({ values: { server: { insecure: false } } });
  cli = await Cli.create();
  address = new URL(tiphys.system.apiUrl).host;
});

afterAll(async () => {
  await cli?.remove();
  await tiphys?.close();
});

const login = (...more: readonly string[]): ReturnType<Cli['run']> =>
  cli.run([...['login', address, '--username', 'admin', '--password', tiphys.system.adminPassword], ...more]);

const run = async (...args: readonly string[]): Promise<string> => {
  const outcome = await cli.run(args);
  expect(outcome, outcome.stderr).toMatchObject({ code: 0, stderr: '' });
  return outcome.stdout;
};

const createArgs = async (name: string, ...more: readonly string[]): Promise<readonly string[]> => {
  const repoURL = await tiphys.repository(name, {
    'web/all.yaml': configMap(name, '1'),
    'web/more.yaml': configMap(`${name}-more`, '1'),
  });
  const to = ['--dest-server', 'https://kubernetes.default.svc', '--dest-namespace', tiphys.target];
  return ['app', 'create', name, '--repo', repoURL, '--path', 'web', '--revision', 'main', ...to, ...more];
};

describe('a login', () => {
  it('asks before it trusts a certificate that nobody vouches for', async () => {
    const refused = await login();
    expect(refused.code).toBe(20);
    expect(refused.stdout).toContain('WARNING: server certificate had error');
    const accepted = await cli.run(['login', address, '--username', 'admin'], {
      stdin: `y\n${tiphys.system.adminPassword}\n`,
    });
    expect(accepted, accepted.stderr).toMatchObject({ code: 0 });
    expect(accepted.stdout).toContain(`'admin:login' logged in successfully\nContext '${address}' updated\n`);
  });

  it('with a wrong password is refused by the server', async () => {
    const { code, stderr } = await cli.run([
      ...['login', address, '--insecure', '--username', 'admin', '--password', 'wrong'],
    ]);
    expect(code).toBe(20);
    expect(stderr).toContain('Invalid username or password (Unauthenticated)');
  });

  it('to a server that speaks no such protocol says what to change', async () => {
    const plain = await cli.run(['app', 'list', '--server', address, '--plaintext', '--auth-token', 'a.b.c']);
    expect(plain.code).not.toBe(0);
    expect(plain.stderr).toContain('--plaintext');
  });

  it('is remembered for the commands that come after it', async () => {
    await login('--insecure', '--name', 'real');
    expect(await run('app', 'list')).toMatch(/^NAME {2}CLUSTER/);
    expect(await run('version')).toMatch(/^tiphys: v[\d.]+\n[^]*\nargocd-server: v3\.5\.1/);
  });
});

describe('an application', () => {
  it('is created, compared, synced, watched and shown', async () => {
    const args = await createArgs('shop', '--set-finalizer', '--label', 'team=web');
    expect(await run(...args)).toBe("application 'shop' created\n");
    expect(await run(...args)).toBe("application 'shop' unchanged\n");

    const shown = await run('app', 'get', 'shop', '--refresh');
    expect(shown).toMatch(/^Name: {15}argocd\/shop\nProject: {12}default\n/);
    expect(shown).toMatch(/Sync Status: {8}OutOfSync from main \([0-9a-f]{7}\)\nHealth Status: {6}Missing\n/);

    const differs = await cli.run(['app', 'diff', 'shop']);
    expect(differs.code).toBe(1);
    expect(differs.stdout).toContain(
      `===== /ConfigMap ${tiphys.target}/shop ======\n--- live\n+++ desired\n`,
    );
    expect(await tiphys.data('shop')).toBeUndefined();

    const synced = await run('app', 'sync', 'shop', '--timeout', '60');
    expect(synced).toMatch(/^TIMESTAMP +GROUP/);
    expect(synced).toMatch(/\nPhase: {14}Succeeded\n/);
    expect(synced).toMatch(/\nSync Status: {8}Synced to main \(/);
    expect(await tiphys.data('shop')).toEqual({ v: '1' });

    expect(await run('app', 'wait', 'shop', '--timeout', '60')).toContain('Health Status:      Healthy');
    expect(await run('app', 'diff', 'shop')).toBe('');
    expect(await run('app', 'get', 'shop', '-o', 'tree')).toContain('ConfigMap/shop');
    expect(JSON.parse(await run('app', 'get', 'shop', '-o', 'json'))).toMatchObject({
      metadata: { name: 'shop' },
      status: { sync: { status: 'Synced' } },
    });
  });

  it('goes to a new commit and back again by its history', async () => {
    await tiphys.git.commit('shop', { 'web/all.yaml': configMap('shop', '2') }, 'two');
    const differs = await poll(
      async () => {
        const outcome = await cli.run(['app', 'diff', 'shop', '--refresh']);
        return outcome.code === 0 ? undefined : outcome;
      },
      { what: 'app diff shop shows the new commit' },
    );
    expect(differs).toMatchObject({ code: 1, stderr: '' });
    expect(differs.stdout).toMatch(/-\s+v: "1"\n\+\s+v: "2"/);
    await run('app', 'sync', 'shop', '--timeout', '60', '--output', 'json');
    expect(await tiphys.data('shop')).toEqual({ v: '2' });

    const history = await run('app', 'history', 'shop');
    expect(history).toMatch(/^SOURCE {2}http.*\nID {6}DATE +REVISION\n0 .* main \([0-9a-f]{7}\)\n1 /);
    expect(await run('app', 'history', 'shop', '-o', 'id')).toBe('0\n1\n');
    expect(await run('app', 'diff', 'shop', '--revision', 'main')).toBe('');
    await run('app', 'rollback', 'shop', '--timeout', '60');
    expect(await tiphys.data('shop')).toEqual({ v: '1' });
  });

  it('that leaves objects to prune ends its sync with 1, and with 0 once they are pruned', async () => {
    await tiphys.git.commit('shop', { 'web/more.yaml': null }, 'drop');
    await run('app', 'refresh', 'shop');
    const left = await cli.run(['app', 'sync', 'shop', '--timeout', '60']);
    expect(left.code).toBe(1);
    expect(left.stderr).toContain('1 resources require pruning');
    expect(left.stdout).toContain('ignored (requires pruning)');
    await run('app', 'sync', 'shop', '--prune', '--timeout', '60');
    expect(await tiphys.data('shop-more')).toBeUndefined();
  });

  it('syncs only what was chosen', async () => {
    await run(...(await createArgs('chosen')));
    await run('app', 'refresh', 'chosen');
    await run('app', 'sync', 'chosen', '--resource', ':ConfigMap:chosen-more', '--timeout', '60');
    expect(await tiphys.data('chosen-more')).toEqual({ v: '1' });
    expect(await tiphys.data('chosen')).toBeUndefined();
    const none = await cli.run(['app', 'sync', 'chosen', '--resource', ':ConfigMap:nosuch']);
    expect(none.code).toBe(1);
    expect(none.stderr).toContain('No matching app resources found for resource filter: :ConfigMap:nosuch');
  });

  it('whose sync hangs is waited for as long as asked, and stopped', async () => {
    const repoURL = await tiphys.repository('slow', {
      'a.yaml': configMap('slow', '1'),
      'job.yaml': NEVER_ENDS,
    });
    const to = ['--dest-server', 'https://kubernetes.default.svc', '--dest-namespace', tiphys.target];
    await run('app', 'create', 'slow', '--repo', repoURL, '--path', '.', ...to);
    await run('app', 'sync', 'slow', '--async');
    const waited = await cli.run(['app', 'wait', 'slow', '--degraded', '--timeout', '2']);
    expect(waited.code).toBe(20);
    expect(waited.stdout).toContain('This is the state of the app after wait timed out:');
    expect(waited.stderr).toContain('timed out (2s) waiting for app "slow" match desired state');
  });

  it('that is not there, or refuses, is told with its code', async () => {
    const absent = await cli.run(['app', 'get', 'nosuch']);
    expect(absent.code).toBe(20);
    expect(absent.stderr).toContain('permission denied (PermissionDenied)');
    const differs = await cli.run([
      'app',
      'create',
      'shop',
      '--repo',
      'https://x.example.com',
      '--path',
      'y',
    ]);
    expect(differs.code).toBe(20);
    const idle = await cli.run(['app', 'terminate-op', 'shop']);
    expect(idle.code).toBe(20);
    expect(idle.stderr).toContain('No operation is in progress');
  });

  it('is deleted with its objects, and that can be waited for', async () => {
    expect(await run('app', 'delete', 'shop', '--wait', '-y')).toBe("application 'shop' deleted\n");
    expect(await tiphys.app('shop')).toBeUndefined();
    expect(await tiphys.data('shop')).toBeUndefined();
    expect(await run('app', 'list', '-o', 'name')).not.toContain('argocd/shop');
  });
});

describe('a logout', () => {
  it('ends the session on the server and forgets the token', async () => {
    await run('logout', 'real');
    const { code, stderr } = await cli.run(['app', 'list']);
    expect(code).toBe(20);
    expect(stderr).toContain('no session information (Unauthenticated)');
    expect(stderr).toContain(`tiphys login ${address}`);
  });
});
