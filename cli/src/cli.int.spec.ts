import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appOf } from './testing/apps.ts';
import { FixtureServer, refusal } from './testing/fixture-server.ts';
import { CliStage, TOKEN } from './testing/cli-stage.ts';

const stage = new CliStage();

describe('a login', () => {
  it('writes a configuration that only its owner reads, and no password', async () => {
    expect(await stage.login()).toEqual({
      code: 0,
      stdout: `'admin:login' logged in successfully\nContext '${stage.server.address}' updated\n`,
      stderr: '',
    });
    expect((await stat(stage.cli.configFile)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(stage.cli.configFile))).mode & 0o777).toBe(0o700);
    const config = await readFile(stage.cli.configFile, 'utf8');
    expect(config).not.toContain('secret-1');
    expect(config).toContain(`auth-token: ${TOKEN}`);
    expect(config).toContain('plain-text: true');
  });

  it('takes name and password from the input, and the session is used from then on', async () => {
    const { code } = await stage.cli.run(['login', stage.server.address, '--plaintext'], {
      stdin: 'admin\nsecret-1\n',
    });
    expect(code).toBe(0);
    expect(JSON.parse(stage.server.requests.at(-1)?.body ?? '')).toEqual({
      username: 'admin',
      password: 'secret-1',
    });
    await stage.cli.run(['app', 'list']);
    expect(stage.server.requests.at(-1)?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  it('that gets no answers ends instead of hanging', async () => {
    const { code, stderr } = await stage.cli.run(['login', stage.server.address, '--plaintext']);
    expect(code).toBe(20);
    expect(stderr).toContain('The input ended before the answer');
  });

  it('finds a server without TLS, and asks before it goes on', async () => {
    const args = ['login', stage.server.address, '--username', 'admin', '--password', 'secret-1'];
    const refused = await stage.cli.run(args, { stdin: 'n\n' });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('--plaintext');
    expect(stage.server.requests).toHaveLength(0);
    const accepted = await stage.cli.run(args, { stdin: 'y\n' });
    expect(accepted.stdout).toContain('WARNING: server is not configured with TLS. Proceed (y/n)?');
    expect(accepted.code).toBe(0);
  });

  it('works below a path, which is remembered', async () => {
    stage.answers['GET /cd/api/version'] = { body: {} };
    stage.answers['POST /cd/api/v1/session'] = { body: { token: TOKEN } };
    stage.answers['GET /cd/api/v1/applications'] = { body: { items: null } };
    const { stdout } = await stage.cli.run([
      'login',
      `http://${stage.server.address}/cd`,
      '--username',
      'admin',
      '--password',
      'x',
    ]);
    expect(stdout).toContain(`Context '${stage.server.address}/cd' updated`);
    expect((await stage.cli.run(['app', 'list', '-o', 'name'])).code).toBe(0);
    expect(stage.server.requests.at(-1)?.path).toBe('/cd/api/v1/applications');
  });

  it('refuses a configuration that others can read', async () => {
    await stage.login();
    await chmod(stage.cli.configFile, 0o644);
    const { code, stderr } = await stage.cli.run(['app', 'list']);
    expect(code).toBe(20);
    expect(stderr).toContain('others can read it (mode 644)');
    expect(stderr).toContain(`chmod 600 ${stage.cli.configFile}`);
  });

  it('keeps what another client wrote into the configuration', async () => {
    await mkdir(dirname(stage.cli.configFile), { recursive: true });
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
    await writeFile(stage.cli.configFile, before.join('\n'), { mode: 0o600 });
    await stage.login('--name', 'new');
    expect((await stage.cli.run(['context'])).stdout).toBe(
      `CURRENT  NAME  SERVER\n         old   old.example.com\n*        new   ${stage.server.address}\n`,
    );
    const after = await readFile(stage.cli.configFile, 'utf8');
    for (const kept of ['keep-me', 'prompts-enabled: false', 'grpc-web: true']) expect(after).toContain(kept);
  });
});

describe('contexts', () => {
  it('are listed, switched and deleted', async () => {
    expect(await stage.cli.run(['context'])).toMatchObject({ code: 1 });
    await stage.login('--name', 'one');
    await stage.login('--name', 'two');
    expect((await stage.cli.run(['context', 'one'])).stdout).toBe("Switched to context 'one'\n");
    const unknown = await stage.cli.run(['context', 'nosuch']);
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toBe("Error: Context 'nosuch' undefined\n  Contexts: one, two\n");
    expect((await stage.cli.run(['context', 'one', '--delete'])).stdout).toBe("Context 'one' deleted\n");
    expect((await stage.cli.run(['app', 'list'])).stderr).toContain('has no current context');
    expect((await stage.cli.run(['app', 'list', '--argocd-context', 'two', '-o', 'name'])).stdout).toBe(
      'argocd/shop\n',
    );
  });

  it('are logged out of, on the server too', async () => {
    stage.answers['POST /auth/logout'] = { status: 303 };
    await stage.login('--name', 'one');
    expect(await stage.cli.run(['logout', 'one'])).toEqual({
      code: 0,
      stdout: "Logged out from 'one'\n",
      stderr: '',
    });
    expect(stage.server.asked('POST', '/auth/logout')[0]?.headers.cookie).toBe(`argocd.token=${TOKEN}`);
    expect(await readFile(stage.cli.configFile, 'utf8')).not.toContain(TOKEN);
  });

  it('are logged out of although the server is away, and that is said', async () => {
    await stage.login('--name', 'one');
    await stage.server.stop();
    const { code, stderr } = await stage.cli.run(['logout', 'one']);
    expect(code).toBe(0);
    expect(stderr).toContain('Warning: the session could not be ended on the server');
    expect(await readFile(stage.cli.configFile, 'utf8')).not.toContain(TOKEN);
    stage.server = await FixtureServer.start(() => ({}));
  });
});

describe('a server', () => {
  it('is named by flags, options variable and environment, in this order', async () => {
    const env = { ARGOCD_SERVER: 'nosuch.invalid', ARGOCD_AUTH_TOKEN: 'e.n.v' };
    const opts = {
      ARGOCD_OPTS: `--plaintext --server ${stage.server.address} -H 'X-Team: web shop' --grpc-web`,
    };
    expect((await stage.cli.run(['app', 'list', '-o', 'name'], { env: { ...env, ...opts } })).code).toBe(0);
    expect(stage.server.requests.at(-1)?.headers).toMatchObject({
      authorization: 'Bearer e.n.v',
      'x-team': 'web shop',
    });
    const own = { ...env, ...opts, TIPHYS_AUTH_TOKEN: 'o.w.n' };
    await stage.cli.run(['app', 'list', '--header', 'X-Team: db'], { env: own });
    expect(stage.server.requests.at(-1)?.headers).toMatchObject({
      authorization: 'Bearer o.w.n',
      'x-team': 'db',
    });
    await stage.cli.run(['app', 'list', '--auth-token', 'f.l.g'], { env: own });
    expect(stage.server.requests.at(-1)?.headers.authorization).toBe('Bearer f.l.g');
  });

  it('never gets the token of another one', async () => {
    await stage.login();
    await stage.cli.run([
      'app',
      'list',
      '--server',
      `localhost:${stage.server.address.split(':')[1] ?? ''}`,
      '--plaintext',
    ]);
    expect(stage.server.requests.at(-1)?.headers.authorization).toBeUndefined();
  });

  it('that is away is told with what to do', async () => {
    const { code, stderr } = await stage.cli.run(['app', 'list', '--server', '127.0.0.1:1', '--plaintext']);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^Error: Cannot talk to 127\.0\.0\.1:1 \(--server\): connection refused\n {2}Is the server/,
    );
  });

  it('that nobody named is told with where it was looked for', async () => {
    const { code, stderr } = await stage.cli.run(['app', 'list']);
    expect(code).toBe(1);
    expect(stderr).toContain(stage.cli.configFile);
    expect(stderr).toContain('tiphys login SERVER');
  });

  it('that sends to TLS is told as such', async () => {
    stage.answers['GET /api/v1/applications'] = {
      status: 307,
      headers: { location: 'https://x.example.com/' },
    };
    const { code, stderr } = await stage.onServer('app', 'list');
    expect(code).toBe(20);
    expect(stderr).toContain('Leave out --plaintext: the server speaks TLS.');
  });

  it('that answers something else than the API is told as such', async () => {
    stage.answers['GET /api/v1/applications'] = { body: { items: [{ metadata: {} }] } };
    expect((await stage.onServer('app', 'list')).stderr).toMatch(/items\.0\.metadata\.name/);
    stage.answers['GET /api/v1/applications'] = { body: '<html>' };
    expect((await stage.onServer('app', 'list')).stderr).toContain(
      'cannot read GET /api/v1/applications of 127.0.0.1',
    );
    stage.answers['GET /api/v1/applications'] = { status: 502, body: 'upstream is away' };
    expect((await stage.onServer('app', 'list')).stderr).toContain('HTTP 502: upstream is away');
  });

  it('that is overloaded is asked again as often as allowed', async () => {
    let left = 2;
    stage.answers['GET /api/v1/applications'] = () =>
      left-- > 0 ? refusal(14, 'come back later') : { body: { items: [] } };
    expect((await stage.onServer('app', 'list', '--http-retry-max', '1')).code).toBe(20);
    left = 2;
    expect((await stage.onServer('app', 'list', '--http-retry-max', '2')).code).toBe(0);
  });

  it('that refuses is told as JSON where that is asked for', async () => {
    stage.answers['GET /api/v1/applications'] = refusal(16, 'no session information');
    const { code, stderr } = await stage.onServer('app', 'list', '--logformat', 'json');
    expect(code).toBe(20);
    expect(JSON.parse(stderr)).toMatchObject({
      level: 'fatal',
      msg: 'no session information (Unauthenticated)',
    });
  });
});

describe('the command line', () => {
  it('tells a missing argument, an unknown flag, verb and format in one line', async () => {
    expect(await stage.cli.run(['app', 'get'])).toMatchObject({ code: 1 });
    expect((await stage.cli.run(['app', 'get'])).stderr).toContain(
      'An argument is missing: tiphys app get APPNAME',
    );
    expect((await stage.cli.run(['app', 'lst'])).stderr).toContain(
      "unknown command 'lst'\n(Did you mean list?)",
    );
    expect(await stage.cli.run(['app', 'list', '--nothing-like-it'])).toMatchObject({
      code: 1,
      stderr: "error: unknown option '--nothing-like-it'\n",
    });
    expect(await stage.onServer('app', 'get', 'shop', '-o', 'bad')).toMatchObject({ code: 20 });
  });

  it('reads flags as Go programs write them', async () => {
    const { stdout, code } = await stage.onServer(
      'app',
      'list',
      '-o=name',
      '--project=default',
      '--grpc-web=true',
    );
    expect({ stdout, code }).toEqual({ stdout: 'argocd/shop\n', code: 0 });
    stage.answers['DELETE /api/v1/applications/shop'] = { body: {} };
    await stage.onServer('app', 'delete', 'shop', '--cascade=false', '-y');
    expect(stage.server.requests.at(-1)?.query.get('cascade')).toBe('false');
    await stage.onServer('app', 'delete', 'shop', '-y');
    expect(stage.server.requests.at(-1)?.query.has('cascade')).toBe(false);
  });

  it.each([['login'], ['logout'], ['context'], ['version']])('explains %s with examples', async (...path) => {
    const { code, stdout } = await stage.cli.run([...path, '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: tiphys /);
    expect(stdout).toContain(`Examples:\n  # `);
  });

  it('reads an application file and puts the flags over it', async () => {
    const file = join(stage.cli.home, 'app.yaml');
    await writeFile(
      file,
      'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: new}\nspec: {project: web}\n',
    );
    stage.answers['POST /api/v1/applications'] = { body: appOf({ name: 'new' }) };
    const { stdout } = await stage.onServer(
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
    const { body, query } = stage.server.requests.at(-1) ?? {};
    expect(JSON.parse(body ?? '')).toEqual({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'new' },
      spec: { project: 'web', source: { path: 'x' } },
    });
    expect(query?.toString()).toBe('upsert=true&validate=false');
  });
});
