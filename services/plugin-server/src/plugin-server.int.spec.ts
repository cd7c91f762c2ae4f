import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packDirectory, pluginsIn } from '@tiphys/adapter-plugin';
import type { ConfigPlugin, PluginCall } from '@tiphys/ports';
import { configPluginContract, type ConfigPluginUnderTest } from '@tiphys/testing/contracts';
import { startPluginSidecar, type PluginSidecarOptions } from '@tiphys/testing/plugin-sidecar';
import { poll, privateFolder, type PrivateFolder } from '@tiphys/testing/processes';

/** Another program that serves the same protocol may take the place of ours: its path. */
const OTHER = process.env['TIPHYS_TEST_PLUGIN_SERVER'];

let folder: PrivateFolder;
let number = 0;
const undo: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  folder = await privateFolder('plugins');
});
afterAll(async () => {
  await Promise.all(undo.map((step) => step()));
  await folder.remove();
});

type Spec = PluginSidecarOptions['spec'];

/** Starts the server, and a client once it serves. */
async function start(
  spec: Spec,
  options: Partial<PluginSidecarOptions> = {},
): Promise<ConfigPluginUnderTest & { readonly sockets: string }> {
  const sidecar = await startPluginSidecar({
    name: 'echo',
    spec,
    ...(OTHER === undefined ? {} : { program: OTHER }),
    ...options,
  });
  undo.push(() => sidecar.close());
  const { process: server, sockets, workDir } = sidecar;
  const plugins = pluginsIn({ folder: sockets, maxAnswerBytes: 8 * 1024 * 1024 });
  const plugin = await poll(
    async () => {
      const [found] = await plugins.list();
      return found !== undefined && (await found.isServing()) ? found : undefined;
    },
    { what: 'the plugin server serves', timeoutMs: 30_000 },
  );
  return {
    plugin,
    sockets,
    workDir,
    kill: async () => {
      server.signal('SIGKILL');
      await server.exited;
    },
    close: () => sidecar.close(),
  };
}

configPluginContract(OTHER ?? 'tiphys-plugin-server', {
  start,
  pack: (directory, file) => packDirectory(directory, { file }),
});

const sh = (script: string): object => ({ command: ['sh', '-c'], args: [script] });

async function call(
  files: Readonly<Record<string, string>>,
  rest: Partial<PluginCall> = {},
): Promise<PluginCall> {
  const directory = join(folder.path, `files-${String((number += 1))}`);
  await mkdir(directory);
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(directory, name), content, { mode: name.endsWith('.sh') ? 0o755 : 0o600 });
  }
  const packed = await packDirectory(directory, { file: `${directory}.tgz` });
  return { appName: 'shop', appPath: '.', env: {}, files: packed, timeoutMs: 20_000, ...rest };
}

const fails = (plugin: ConfigPlugin, asked: PluginCall): Promise<Error> =>
  plugin.generate(asked).then(
    () => new Error('did not fail'),
    (error: Error) => error,
  );

describe.runIf(OTHER === undefined)('our plugin server', () => {
  it('is found by name and version', async () => {
    const { plugin } = await start({ version: 'v1.2', generate: sh('true') });
    expect(plugin.name).toBe('echo-v1.2');
  });

  it("gives commands the container's own environment, home and path", async () => {
    const { plugin } = await start(
      { generate: sh(`echo "{kind: A, apiVersion: v1, own: $OWN, home: $HOME}"`) },
      { env: { OWN: 'mine', HOME: '/somewhere' } },
    );
    const [manifest = ''] = await plugin.generate(await call({ a: '' }));
    expect(JSON.parse(manifest)).toMatchObject({ own: 'mine', home: '/somewhere' });
  });

  it('keeps file modes only with preserveFileMode', async () => {
    const modes = sh('echo "{kind: A, apiVersion: v1, modes: \\"$(stat -c %a private)\\"}"');
    const files = { private: 'x' };
    const plain = await start({ generate: modes });
    expect((await plain.plugin.generate(await call(files)))[0]).toContain('644');
    const kept = await start({ generate: modes, preserveFileMode: true });
    expect((await kept.plugin.generate(await call(files)))[0]).toContain('600');
  });

  it('kills the whole group of a command that hangs and does not listen, by its own deadline', async () => {
    const { plugin, workDir } = await start(
      { generate: sh(`trap '' TERM; sleep 600 & echo $! > "$PIDS/pid"; wait; sleep 600`) },
      { env: { ARGOCD_EXEC_TIMEOUT: '1s', ARGOCD_EXEC_FATAL_TIMEOUT: '300ms', PIDS: folder.path } },
    );
    const error = await fails(plugin, await call({ a: '' }));
    expect(error).toMatchObject({ code: 'deadline' });
    expect(error.message).toMatch(/spec\.generate: sh did not finish within/);
    const pid = Number(await readFile(join(folder.path, 'pid'), 'utf8'));
    await poll(() => Promise.resolve(!isAlive(pid)), { what: 'the child is gone', timeoutMs: 10_000 });
    expect(await readdir(join(workDir, 'tiphys-plugin-server-echo', 'apps'))).toEqual([]);
  });

  it('stops a command that writes without end', async () => {
    const { plugin } = await start(
      { generate: sh('yes garbage | head -c 1000000000') },
      {
        env: { ARGOCD_GRPC_MAX_SIZE_MB: '5' },
      },
    );
    expect(await fails(plugin, await call({ a: '' }))).toMatchObject({
      code: 'resource-exhausted',
      message: expect.stringMatching(/wrote more than/) as string,
    });
  });

  it('refuses an archive that is not what was announced, and a path out of it', async () => {
    const { plugin } = await start({ generate: sh('true') });
    const asked = await call({ a: '' });
    const wrong = { ...asked, files: { ...asked.files, checksum: '0'.repeat(64) } };
    expect((await fails(plugin, wrong)).message).toMatch(/checksum/);
    expect((await fails(plugin, { ...asked, appPath: '../..' })).message).toMatch(/leads out/);
  });

  it('ends with a clear message where plugin.yaml is not one', async () => {
    const bad = start({ version: 3, generate: { command: [] } } as unknown as Spec, { name: '../x' });
    await expect(bad).rejects.toThrow(
      /plugin\.yaml is not a plugin's configuration: metadata\.name: .*spec\.version: .*spec\.generate\.command: must not be empty/,
    );
  });

  it('takes over the socket of one that was killed', async () => {
    const spec = { generate: sh('true') };
    const first = await start(spec);
    await first.kill();
    expect(await readdir(first.sockets)).toEqual(['echo.sock']);
    const second = await start(spec, { sockets: first.sockets });
    expect(await second.plugin.isServing()).toBe(true);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
