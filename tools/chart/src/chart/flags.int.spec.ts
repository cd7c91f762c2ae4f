import { existsSync } from 'node:fs';
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProcessRunner, type ProcessRunner } from '@tiphys/adapter-process';
import { repoRoot } from '../paths.ts';
import { createHelm } from './helm.ts';
import { workloadsOf, type Container } from './pods.ts';

const services = (await readdir(resolve(repoRoot, 'services'))).filter((service) =>
  existsSync(resolve(repoRoot, 'services', service, 'src/main.ts')),
);

let runner: ProcessRunner;
let containers: ReadonlyMap<string, Container>;
beforeAll(async () => {
  const path = `${resolve(repoRoot, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`;
  runner = await createProcessRunner({ path, directory: await mkdtemp(join(tmpdir(), 'tiphys-flags-')) });
  const helm = await createHelm();
  const objects = await helm.template({ values: { repoServer: { parallelismLimit: 2 } } });
  await helm.close();
  const all = [...workloadsOf(objects).values()].flatMap(({ template }) => template.spec.containers);
  containers = new Map(all.map((container) => [container.command[0] ?? '', container]));
});
afterAll(() => runner.close());

describe('the arguments of the chart', () => {
  it('are given to commands that the image has', async () => {
    // People run the CLI, and sidecars of their own the plugin server.
    const launchedElsewhere = ['tiphys', 'tiphys-plugin-server'];
    const launchers = await readdir(resolve(repoRoot, 'bin'));
    expect([...containers.keys()].filter((command) => command !== 'redis-server').sort()).toEqual(
      launchers.filter((launcher) => !launchedElsewhere.includes(launcher)).sort(),
    );
  });

  it.each(services)('are flags that %s knows', async (service) => {
    const bundle = resolve(repoRoot, 'dist', `${service}.js`);
    if (!existsSync(bundle)) throw new Error(`${bundle} is missing: run "npm run build" first`);
    const program = resolve(repoRoot, 'bin', `tiphys-${service}`);
    const { stdout } = await runner.run({ program, args: ['--help'] });
    const known = new Set(
      Buffer.from(stdout)
        .toString('utf8')
        .match(/--[a-z][a-z-]*/gu),
    );
    const given = containers.get(`tiphys-${service}`)?.args.filter((arg) => arg.startsWith('--')) ?? [];
    expect(given.filter((flag) => !known.has(flag))).toEqual([]);
  });
});
