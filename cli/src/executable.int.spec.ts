import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { clientVersion } from './program/client-version.ts';
import { appOf } from './testing/apps.ts';
import { FixtureServer } from './testing/fixture-server.ts';
import { Cli, root } from './testing/run-cli.ts';

const run = promisify(execFile);

let program: string;
let cli: Cli;

beforeAll(async () => {
  const { stdout } = await run(process.execPath, ['tools/build/run.ts', '--executables=native'], {
    cwd: root,
  });
  program = /made (\S+)/.exec(stdout)?.[1] ?? '';
  cli = await Cli.create();
}, 180_000);

afterAll(() => cli.remove());

const execute = (...args: readonly string[]): Promise<{ stdout: string; stderr: string }> =>
  run(program, args, { env: { HOME: cli.home, PATH: '/nowhere', TMPDIR: cli.home } });

describe('the executable', () => {
  it('needs no Node, and tells its version', async () => {
    expect((await execute('version', '--client', '--short')).stdout).toBe(`tiphys: v${clientVersion}\n`);
  });

  it('talks to a server', async () => {
    const server = await FixtureServer.start(() => ({ body: { items: [appOf()] } }));
    try {
      const where = ['--server', server.address, '--plaintext', '--auth-token', 'a.b.c'];
      expect((await execute('app', 'list', '-o', 'name', ...where)).stdout).toContain('shop');
    } finally {
      await server.stop();
    }
  });

  it('carries the server for work without one', async () => {
    const failed = await execute('app', 'list', '--core', '--kube-context', 'nosuch').catch(
      (error: unknown) => error,
    );
    expect(failed).toMatchObject({ code: 20, stderr: expect.stringContaining('no cluster is configured') });
    await expect(execute('__server', '--help')).resolves.toMatchObject({
      stdout: expect.stringContaining('serves the API'),
    });
  });

  describe('carries what settings are made of', () => {
    const files: Readonly<Record<string, unknown>> = {
      'argocd-cm.yaml': {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'argocd-cm' },
        data: {
          'resource.customizations.health.example.com_Widget':
            'return {status = "Healthy", message = "widget " .. obj.metadata.name}',
          'resource.customizations.ignoreDifferences.example.com_Widget': 'jqPathExpressions: [.spec.size]',
        },
      },
      'notifications.yaml': {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'argocd-notifications-cm' },
        data: { 'trigger.on-shop': '- {when: app.metadata.name == "shop", send: [told]}' },
      },
      'widget.yaml': {
        apiVersion: 'example.com/v1',
        kind: 'Widget',
        metadata: { name: 'w1' },
        spec: { size: 1, color: 'blue' },
      },
      'app.yaml': { ...appOf(), apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' },
    };
    const at = (name: string): string => join(cli.home, name);
    const overrides = (...words: readonly string[]) =>
      execute('admin', 'settings', 'resource-overrides', ...words, '--argocd-cm-path', at('argocd-cm.yaml'));

    beforeAll(async () => {
      for (const [name, object] of Object.entries(files)) await writeFile(at(name), JSON.stringify(object));
    });
    afterEach(async () => {
      const left = await readdir(cli.home);
      expect(left.filter((name) => name.startsWith('tiphys-'))).toEqual([]);
    });

    it('runs Lua', async () => {
      const { stdout } = await overrides('health', at('widget.yaml'));
      expect(stdout).toBe('STATUS: Healthy\nMESSAGE: widget w1\n');
    });

    it('runs jq', async () => {
      const { stdout } = await overrides('ignore-differences', at('widget.yaml'));
      expect(stdout).toContain('size: 1');
      expect(stdout).not.toContain('color');
    });

    it('asks the conditions of triggers', async () => {
      const settings = ['--config-map', at('notifications.yaml'), '--secret', ':empty'];
      const { stdout } = await execute(
        ...['admin', 'notifications', 'trigger', 'run', 'on-shop', at('app.yaml'), ...settings],
      );
      expect(stdout).toMatch(/^CONDITION +RESULT\napp\.metadata\.name == "shop" +true\n$/);
    });
  });

  it('has its checksum beside it', async () => {
    const digest = createHash('sha256')
      .update(await readFile(program))
      .digest('hex');
    const name = program.split('/').at(-1) ?? '';
    expect(await readFile(join(program + '.sha256'), 'utf8')).toBe(`${digest}  ${name}\n`);
  });
});
