import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ConfigPlugin, PackedFiles, PluginCall } from '@tiphys/ports';
import { poll, privateFolder, type PrivateFolder } from '../processes/index.ts';

/** A plugin server that runs, and a client of it. */
export interface ConfigPluginUnderTest {
  readonly plugin: ConfigPlugin;
  /** Folder in which the server keeps the files of its requests. */
  readonly workDir: string;
  /** Kills it as a crash would. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

export interface ConfigPluginStarter {
  /** Starts a server of a plugin called `echo` with this `spec` in its plugin.yaml. */
  start(spec: Readonly<Record<string, unknown>>): Promise<ConfigPluginUnderTest>;
  /** Packs a folder as the client is to be given it. */
  pack(directory: string, file: string): Promise<PackedFiles>;
}

const sh = (script: string): object => ({ command: ['sh', '-c'], args: [script] });

type Files = Readonly<Record<string, string>>;

/** Starts plugins and packs files for them. */
class PluginBench {
  readonly #starter: ConfigPluginStarter;
  readonly #open: ConfigPluginUnderTest[] = [];
  #folder: PrivateFolder | undefined;
  #number = 0;

  constructor(starter: ConfigPluginStarter) {
    this.#starter = starter;
  }

  async start(spec: Readonly<Record<string, unknown>>): Promise<ConfigPluginUnderTest> {
    const started = await this.#starter.start(spec);
    this.#open.push(started);
    return started;
  }

  async pack(files: Files, links: Files = {}): Promise<PackedFiles> {
    this.#folder ??= await privateFolder('plugin-contract');
    this.#number += 1;
    const directory = join(this.#folder.path, `files-${String(this.#number)}`);
    await mkdir(directory);
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), content);
    }
    for (const [path, target] of Object.entries(links)) await symlink(target, join(directory, path));
    return this.#starter.pack(directory, `${directory}.tgz`);
  }

  async call(files: Files, rest: Partial<PluginCall> = {}): Promise<PluginCall> {
    const packed = rest.files ?? (await this.pack(files));
    return { appName: 'shop', appPath: '.', env: {}, timeoutMs: 20_000, ...rest, files: packed };
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.map((one) => one.close()));
    await this.#folder?.remove();
  }
}

/** What a repo-server may rely on from every server of the plugin protocol, whoever made it. */
export function configPluginContract(name: string, starter: ConfigPluginStarter): void {
  describe(`plugin protocol: ${name}`, () => {
    const bench = new PluginBench(starter);
    afterAll(() => bench.close());
    answers(bench);
    failures(bench);
  });
}

function answers(bench: PluginBench): void {
  it('runs init and generate in the directory of the application, with the environment of the call', async () => {
    const { plugin } = await bench.start({
      init: sh('echo ready > init.txt'),
      generate: sh(
        'printf \'{"apiVersion":"v1","kind":"ConfigMap","data":{"env":"%s","init":"%s","file":"%s"}}\' ' +
          '"$ARGOCD_ENV_X" "$(cat init.txt)" "$(cat ../base)"',
      ),
    });
    const asked = await bench.call(
      { 'web/app.txt': 'a', base: 'from above' },
      { appPath: 'web', env: { ARGOCD_ENV_X: 'given' } },
    );
    const [manifest = ''] = await plugin.generate(asked);
    expect(JSON.parse(manifest)).toMatchObject({
      kind: 'ConfigMap',
      data: { env: 'given', init: 'ready', file: 'from above' },
    });
  });

  it('gives each document of the output, and keeps links that stay inside', async () => {
    const { plugin } = await bench.start({
      generate: sh('for n in 1 2; do printf -- "---\\n"; sed "s/NAME/x$n/" link.yaml; done'),
    });
    const files = await bench.pack(
      { 'real.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: NAME\n' },
      { 'link.yaml': 'real.yaml' },
    );
    const manifests = await plugin.generate(await bench.call({}, { files }));
    expect(manifests.map((text) => (JSON.parse(text) as { metadata: object }).metadata)).toEqual([
      { name: 'x1' },
      { name: 'x2' },
    ]);
  });

  it.each([
    ['a file name', { fileName: './*.special' }],
    ['a glob', { find: { glob: '**/*.special' } }],
    ['a command', { find: sh('ls *.special 2>/dev/null || true') }],
  ])('finds by %s whether it is the one for the files', async (_how, discover) => {
    const { plugin } = await bench.start({ generate: sh('true'), discover });
    expect(await plugin.traits()).toEqual({ discovers: true, wantsGitCredentials: false });
    expect(await plugin.matches(await bench.call({ 'a.special': 'x' }))).toBe(true);
    expect(await plugin.matches(await bench.call({ 'a.other': 'x' }))).toBe(false);
  });

  it('says what it is without seeing files', async () => {
    const { plugin } = await bench.start({ generate: sh('true'), provideGitCreds: true });
    expect(await plugin.traits()).toEqual({ discovers: false, wantsGitCredentials: true });
    expect(await plugin.isServing()).toBe(true);
  });

  it('announces its parameters, those of the command first', async () => {
    const { plugin } = await bench.start({
      generate: sh('true'),
      parameters: {
        static: [{ name: 'fixed', title: 'Fixed', required: true, collectionType: 'map', map: { a: '1' } }],
        dynamic: sh('echo \'[{"name":"found","collectionType":"array","array":["x","y"]}]\''),
      },
    });
    const announced = await plugin.announcements(await bench.call({ a: '1' }));
    expect(announced).toMatchObject([
      { name: 'found', collectionType: 'array', array: ['x', 'y'] },
      { name: 'fixed', title: 'Fixed', required: true, collectionType: 'map', map: { a: '1' } },
    ]);
  });
}

function failures(bench: PluginBench): void {
  it('says what a command that fails wrote', async () => {
    const { plugin } = await bench.start({ generate: sh('echo the reason >&2; exit 3') });
    await expect(plugin.generate(await bench.call({ a: '1' }))).rejects.toMatchObject({
      message: expect.stringContaining('the reason') as string,
    });
  });

  it('takes secrets out of what a command wrote', async () => {
    const { plugin } = await bench.start({ generate: sh('echo "token $ARGOCD_ENV_T" >&2; exit 1') });
    const asked = await bench.call({ a: '1' }, { env: { ARGOCD_ENV_T: 's3cret' }, secrets: ['s3cret'] });
    await expect(plugin.generate(asked)).rejects.toThrow(/token \*{6}/);
  });

  it('ends a command that hangs at the deadline of the call', async () => {
    const { plugin } = await bench.start({ generate: sh('sleep 600') });
    const started = performance.now();
    await expect(plugin.generate(await bench.call({ a: '1' }, { timeoutMs: 1_000 }))).rejects.toBeInstanceOf(
      Error,
    );
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  it('refuses output that is no list of objects', async () => {
    const { plugin } = await bench.start({ generate: sh('echo "}{ garbage: ["') });
    await expect(plugin.generate(await bench.call({ a: '1' }))).rejects.toBeInstanceOf(Error);
  });

  it('keeps no files of a request, however it ended', async () => {
    const { plugin, workDir } = await bench.start({
      generate: sh('test -e ok && echo "{kind: A, apiVersion: v1}"'),
    });
    await plugin.generate(await bench.call({ ok: '', 'marker-of-the-request': 'x' }));
    await plugin.generate(await bench.call({ 'marker-of-the-request': 'x' })).catch(() => undefined);
    const left = async (): Promise<boolean> =>
      (await readdir(workDir, { recursive: true })).some((path) => path.includes('marker-of-the-request'));
    await poll(async () => !(await left()), { what: 'the files are gone', timeoutMs: 10_000 });
  });

  it('tells nothing more once it is gone', async () => {
    const running = await bench.start({ generate: sh('true') });
    await running.kill();
    expect(await running.plugin.isServing()).toBe(false);
    await expect(running.plugin.generate(await bench.call({ a: '1' }))).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
}
