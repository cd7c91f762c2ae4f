import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApplicationSource, Repository } from '@tiphys/model';
import type { RenderRequest, RenderResult } from '@tiphys/ports';
import { startGitServer, type GitServer } from '@tiphys/testing/git-server';
import {
  startPluginSidecar,
  type PluginSidecar,
  type PluginSidecarOptions,
} from '@tiphys/testing/plugin-sidecar';
import { privateFolder, type PrivateFolder } from '@tiphys/testing/processes';
import { renderRequest, startRepoServer, type RunningRepoServer } from '../../testing/running.ts';

let git: GitServer;
let folder: PrivateFolder;
let sockets: string;
let server: RunningRepoServer;
const sidecars = new Map<string, PluginSidecar>();

const serverWith = (...flags: string[]): Promise<RunningRepoServer> =>
  startRepoServer([`--plugin-dir=${sockets}`, '--exec-timeout=20s', ...flags]);

async function plugin(
  name: string,
  spec: PluginSidecarOptions['spec'],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  sidecars.set(name, await startPluginSidecar({ name, spec, sockets, env }));
}

const sh = (script: string): object => ({ command: ['sh', '-c'], args: [script] });
/** Prints a config map whose data are the given shell words. */
const prints = (...words: string[]): object => {
  const data = words.map((_word, index) => `"k${String(index)}":"%s"`).join(',');
  const format = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"},"data":{${data}}}\\n`;
  return sh(`printf '${format}' ${words.map((word) => `"${word}"`).join(' ')}`);
};

beforeAll(async () => {
  [git, folder] = await Promise.all([startGitServer(), privateFolder('p')]);
  sockets = folder.path;
  server = await serverWith('--plugin-tar-exclude=secret-docs;**/*.tmp');
  await plugin(
    'count',
    {
      version: 'v1',
      init: sh('ls -R .. > listing'),
      generate: sh(
        `echo x >> "$COUNTER"; printf '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"},"data":` +
          `{"rev":"%s","own":"%s","param":"%s","base":"%s"}}' ` +
          '"$ARGOCD_APP_REVISION_SHORT" "$ARGOCD_ENV_OWN" "$PARAM_IMAGES_0" "$(cat ../base/b.txt)"',
      ),
    },
    { COUNTER: join(folder.path, 'count') },
  );
});

afterAll(async () => {
  await server.close();
  await Promise.all([...sidecars.values()].map((sidecar) => sidecar.close()));
  await Promise.all([git.close(), folder.remove()]);
});

const render = (request: RenderRequest, on = server): Promise<RenderResult> => on.client.render(request);
const dataOf = (result: RenderResult): unknown => result.objects.map((object) => object['data']);
const failure = (run: Promise<unknown>): Promise<Error & { code: string }> =>
  run.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: Error & { code: string }) => error,
  );
const named = (name: string, more: ApplicationSource['plugin'] = {}): Partial<ApplicationSource> => ({
  path: 'web',
  plugin: { name, ...more },
});
async function runs(): Promise<number> {
  return (await readFile(join(folder.path, 'count'), 'utf8').catch(() => '')).split('\n').length - 1;
}

const WEB = { 'web/app.txt': 'a', 'base/b.txt': 'from-base' };

describe('a plugin that the source names', () => {
  it('gets the repository, the environment, and the parameters', async () => {
    const sha = await git.createRepo('named', WEB);
    const source = named('count-v1', {
      env: [{ name: 'OWN', value: 'app $ARGOCD_APP_NAME' }],
      parameters: [{ name: 'images', array: ['nginx:1'] }],
    });
    const result = await render(renderRequest(git.url('named'), source));
    expect(result).toMatchObject({ sourceType: 'Plugin', revision: sha });
    expect(dataOf(result)).toEqual([
      { rev: sha.slice(0, 7), own: 'app demo', param: 'nginx:1', base: 'from-base' },
    ]);
  });

  it('runs once for the same files, environment and parameters', async () => {
    await git.createRepo('cached', WEB);
    const url = git.url('cached');
    const before = await runs();
    await render(renderRequest(url, named('count-v1')));
    await render(renderRequest(url, named('count-v1')));
    expect((await runs()) - before).toBe(1);
    await render(renderRequest(url, named('count-v1', { parameters: [{ name: 'images', array: ['x'] }] })));
    await render(renderRequest(url, named('count-v1', { env: [{ name: 'OWN', value: '1' }] })));
    expect((await runs()) - before).toBe(3);
    await render(renderRequest(url, named('count-v1'), { noCache: true }));
    expect((await runs()) - before).toBe(4);
  });

  it.each([
    ['count', /no plugin is called "count": there are count-v1.*<name>-<version>/],
    ['../../etc/x', /no plugin is called/],
  ])('%s is an error that tells which there are', async (name, message) => {
    await git.createRepo('unknown', WEB).catch(() => undefined);
    const error = await failure(render(renderRequest(git.url('unknown'), named(name))));
    expect(error.message).toMatch(message);
    expect(error.code).toBe('not-found');
  });

  it('gets no files that are left out, and links only inside', async () => {
    await plugin('list', { generate: prints('$(cd ..; find . -type f | sort | tr "\\n" " ")') });
    await git.createRepo('excluded', { ...WEB, 'secret-docs/x': '1', 'web/a.tmp': '1' });
    const result = await render(renderRequest(git.url('excluded'), named('list')));
    expect(dataOf(result)).toEqual([{ k0: './base/b.txt ./web/app.txt ' }]);
  });
});

describe('the files of manifest-generate-paths', () => {
  it('are all that a plugin gets where that is switched on', async () => {
    const narrow = await serverWith('--plugin-use-manifest-generate-paths=true');
    await git.createRepo('mono', { 'apps/web/a': '1', 'apps/base/b': '1', 'other/c': '1' });
    const source = { path: 'apps/web', plugin: { name: 'list' } };
    const request = renderRequest(git.url('mono'), source, { manifestGeneratePaths: '.;../base' });
    expect(dataOf(await render(request, narrow))).toEqual([{ k0: './base/b ./web/a ' }]);
    expect(dataOf(await render(renderRequest(git.url('mono'), source), narrow))).toEqual([
      { k0: './base/b ./web/a ' },
    ]);
    await narrow.close();
  });
});

describe('a plugin that finds out by itself', () => {
  beforeAll(async () => {
    await plugin('finder', { discover: { fileName: 'special.txt' }, generate: prints('found') });
  });

  it('comes before the tools that files at the top speak for', async () => {
    await git.createRepo('discovered', {
      'special.txt': '',
      'kustomization.yaml': 'resources: []\n',
    });
    const result = await render(renderRequest(git.url('discovered'), { path: '.' }));
    expect([result.sourceType, dataOf(result)]).toEqual(['Plugin', [{ k0: 'found' }]]);
  });

  it('leaves other sources to the other tools, and those with settings of a tool', async () => {
    const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: plain}\n';
    await git.createRepo('plain', { 'a/cm.yaml': map, 'b/cm.yaml': map, 'b/special.txt': '' });
    const a = await render(renderRequest(git.url('plain'), { path: 'a' }));
    const b = await render(renderRequest(git.url('plain'), { path: 'b', directory: { recurse: true } }));
    expect([a.sourceType, b.sourceType]).toEqual(['Directory', 'Directory']);
  });

  it('must take the files even when it is named', async () => {
    const error = await failure(
      render(renderRequest(git.url('plain'), { path: 'a', plugin: { name: 'finder' } })),
    );
    expect(error.message).toMatch(/the plugin finder says that it is not for the files/);
    const none = await failure(render(renderRequest(git.url('plain'), { path: 'a', plugin: {} })));
    expect(none.message).toMatch(/no plugin says that it is for the files of this source; name one/);
  });
});

describe('a plugin that goes wrong', () => {
  const asked = (name: string): RenderRequest => renderRequest(git.url('named'), named(name));

  it('is told of with its own words, bounded', async () => {
    await plugin('angry', {
      generate: sh('head -c 100000 /dev/zero | tr "\\0" x >&2; echo the end >&2; exit 9'),
    });
    const error = await failure(render(asked('angry')));
    expect(error.code).toBe('failed-precondition');
    expect(error.message).toMatch(/the plugin angry failed: spec\.generate: sh failed \(exit code 9\)/);
    expect(error.message.length).toBeLessThan(6_000);
  });

  it.each([
    ['garbage', sh('echo "}{ ["'), /the plugin garbage failed: .*the output of spec\.generate/],
    ['texts', sh('echo just text'), /the output of spec\.generate/],
    ['endless', sh('cat /dev/zero'), /wrote more than/],
  ])('and prints %s', async (name, generate, message) => {
    await plugin(name, { generate }, { ARGOCD_GRPC_MAX_SIZE_MB: '20' });
    expect((await failure(render(asked(name)))).message).toMatch(message);
  });

  it('answers more than the repo-server takes', async () => {
    const small = await serverWith('--grpc-max-size-mb=1');
    await plugin('big', { generate: prints('$(head -c 3000000 /dev/zero | tr "\\0" x)') });
    const error = await failure(render(asked('big'), small));
    expect([error.code, error.message]).toEqual([
      'resource-exhausted',
      expect.stringMatching(/the plugin big failed/),
    ]);
    await small.close();
  });

  it('hangs until the deadline, without holding up others', async () => {
    const hasty = await serverWith('--exec-timeout=2s');
    await plugin('slow', { generate: sh('sleep 600') });
    const hanging = failure(render(asked('slow'), hasty));
    expect((await render(asked('list'), hasty)).sourceType).toBe('Plugin');
    expect(await hanging).toMatchObject({ code: 'deadline' });
    await hasty.close();
  });

  it('dies at work, and is asked again once it is back', async () => {
    const die = sh(
      'test -e "$ALIVE" && exec echo "{apiVersion: v1, kind: A, metadata: {name: a}}"; kill -9 $PPID; sleep 600',
    );
    const env = { ALIVE: join(folder.path, 'alive') };
    await plugin('mortal', { generate: die }, env);
    const first = sidecars.get('mortal');
    const error = await failure(render(asked('mortal')));
    expect(error).toMatchObject({ code: 'unavailable' });
    expect(error.message).toMatch(/the plugin mortal is away/);
    await first?.close();
    await writeFile(env.ALIVE, '');
    await plugin('mortal', { generate: die }, env);
    expect((await render(asked('mortal'))).objects).toHaveLength(1);
  });

  it.each([
    ['/etc/passwd', {}, /web\/out.*leads? out/],
    ['../../../etc/passwd', {}, /web\/out.*leads? out/],
    [
      '../base/b.txt',
      { manifestGeneratePaths: '.' },
      /out: the symlink leads out of the files that the plugin gets/,
    ],
  ])('is not sent what a symlink to %s leads to', async (target, rest, message) => {
    const narrow = await serverWith('--plugin-use-manifest-generate-paths=true');
    const name = `links${target.replaceAll(/\W/g, '-')}`;
    await git.createRepo(name, { ...WEB, 'web/out': { symlink: target } });
    const error = await failure(render(renderRequest(git.url(name), named('list'), rest), narrow));
    expect(error).toMatchObject({ code: 'invalid', message: expect.stringMatching(message) as string });
    await narrow.close();
  });

  it('is away: an error, as what another tool makes of the files could replace what runs', async () => {
    sidecars.get('finder')?.process.signal('SIGKILL');
    await sidecars.get('finder')?.process.exited;
    await git.createRepo('away', { 'cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n' });
    const error = await failure(render(renderRequest(git.url('away'), { path: '.' })));
    expect(error).toMatchObject({ code: 'unavailable' });
    expect(error.message).toMatch(/the plugin finder is away/);
    const explicit = renderRequest(git.url('away'), { path: '.', directory: {} });
    expect((await render(explicit)).sourceType).toBe('Directory');
  });
});

describe('the login of the repository', () => {
  const login: Partial<Repository> = { username: 'me', password: 'hunter2-secret' };

  it('goes only to a plugin that wants it, and never into an error', async () => {
    const show = prints('$GIT_CONFIG_KEY_0', '$GIT_CONFIG_VALUE_0');
    await plugin('trusted', { provideGitCreds: true, generate: show });
    await plugin('stranger', { generate: show });
    await plugin('talker', { provideGitCreds: true, generate: sh('echo "$GIT_CONFIG_VALUE_0" >&2; exit 1') });
    const url = git.url('named');
    const request = (name: string): RenderRequest =>
      renderRequest(url, named(name), { repository: { url, type: 'git', ...login } });
    const header = `Authorization: Basic ${Buffer.from('me:hunter2-secret').toString('base64')}`;
    expect(dataOf(await render(request('trusted')))).toEqual([
      { k0: `http.${new URL(url).origin}/.extraHeader`, k1: header },
    ]);
    expect(dataOf(await render(request('stranger')))).toEqual([{ k0: '', k1: '' }]);
    const { message } = await failure(render(request('talker')));
    expect(message).toContain('Authorization: Basic ******');
    expect(message).not.toContain('hunter2');
    const log = sidecars.get('talker')?.process.logTail(50) ?? '';
    expect(log).toContain('spec.generate: sh failed');
    expect(log).not.toContain(header.replace('Authorization: Basic ', ''));
  });
});

it('leaves sockets that are no plugins alone', async () => {
  await writeFile(join(sockets, 'note.sock'), 'no socket');
  const error = await failure(render(renderRequest(git.url('named'), named('note'))));
  expect(error.message).toMatch(/no plugin is called "note"/);
  expect(await readdir(sockets)).toContain('note.sock');
});
