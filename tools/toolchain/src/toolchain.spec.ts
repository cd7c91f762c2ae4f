import { chmod, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  cacheRoot,
  describeProgress,
  ensureTools,
  findTool,
  goTools,
  linkerFlags,
  resolveTool,
  settingName,
  toolCacheDir,
  withLock,
} from './index.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiphys-toolchain-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A program that prints a text, whatever it is asked. */
const program = async (path: string, output: string): Promise<string> => {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho '${output}'\n`);
  await chmod(path, 0o755);
  return path;
};

/** Nothing of this machine, and a cache of its own. */
const bare = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: join(folder, 'bin'),
  TIPHYS_CACHE_DIR: join(folder, 'cache'),
  ...more,
});

describe('the table', () => {
  it('knows what Go calls each binary', () => {
    expect(findTool('etcd')).toMatchObject({ output: 'server', version: '3.6.8' });
    expect(findTool('kustomize')).toMatchObject({ output: 'kustomize' });
    expect(findTool('kube-apiserver')).toMatchObject({ output: 'kube-apiserver' });
    expect(new Set(goTools.map((tool) => tool.output)).size).toBe(goTools.length);
  });

  it('makes Kubernetes report a version that clients can parse', () => {
    expect(linkerFlags()).toContain('-X k8s.io/component-base/version.gitVersion=v1.36.3');
    expect(linkerFlags()).toContain('gitMinor=36');
  });
});

describe('cacheRoot', () => {
  it.each([
    [{ TIPHYS_CACHE_DIR: '/a', XDG_CACHE_HOME: '/b' }, '/a'],
    [{ XDG_CACHE_HOME: '/b' }, '/b/tiphys'],
  ])('%o gives %s', (env, expected) => {
    expect(cacheRoot(env)).toBe(expected);
  });
});

describe('resolveTool', () => {
  it('prefers an explicit setting to all else', async () => {
    await program(join(folder, 'bin', 'helm'), 'v3.21.4');
    const set = await program(join(folder, 'mine', 'helm'), 'anything');
    expect(settingName('kube-apiserver')).toBe('TIPHYS_TOOL_KUBE_APISERVER');
    expect(await resolveTool('helm', { env: bare({ TIPHYS_TOOL_HELM: set }) })).toBe(set);
  });

  it('refuses a setting that is no program instead of looking further', async () => {
    await program(join(folder, 'bin', 'helm'), 'v3.21.4');
    const env = bare({ TIPHYS_TOOL_HELM: '/nowhere/helm' });
    await expect(resolveTool('helm', { env })).rejects.toThrow(/TIPHYS_TOOL_HELM=\/nowhere\/helm/);
  });

  it.each([
    ['v3.21.9+gabc', 'bin'],
    ['v3.20.4', 'cache'],
    ['no version at all', 'cache'],
  ])('takes one from PATH in the pinned minor version only: %s', async (version, expected) => {
    const onPath = await program(join(folder, 'bin', 'helm'), version);
    const cached = await program(join(toolCacheDir(bare()), 'helm'), 'v3.21.4');
    expect(await resolveTool('helm', { env: bare() })).toBe(expected === 'bin' ? onPath : cached);
  });

  it('ignores folders and files that nobody may run', async () => {
    await mkdir(join(folder, 'bin', 'helm'), { recursive: true });
    await expect(resolveTool('sops', { env: bare({ PATH: '' }) })).rejects.toThrow();
    const cached = await program(join(toolCacheDir(bare()), 'helm'), 'v3.21.4');
    expect(await resolveTool('helm', { env: bare() })).toBe(cached);
  });

  it('names the Debian package of a system program', async () => {
    const env = bare({ TIPHYS_TOOL_REDIS_SERVER: '/nowhere' });
    await expect(resolveTool('redis-server', { env })).rejects.toThrow(/TIPHYS_TOOL_REDIS_SERVER/);
  });

  it('knows no other names', async () => {
    await expect(resolveTool('kubectl')).rejects.toMatchObject({ code: 'UnknownTool' });
  });
});

describe('ensureTools', () => {
  it('builds all that is missing at once, with a Go that is on PATH, and only once', async () => {
    const log = join(folder, 'go.log');
    const fakeGo = join(folder, 'bin', 'go');
    await mkdir(join(folder, 'bin'), { recursive: true });
    const script = [
      '#!/bin/sh',
      `echo "$@" >> ${log}`,
      'while [ "$1" != -o ]; do shift; done',
      'out=$2; shift 2',
      'for package; do name=$(echo "$package" | sed -E "s#/v[0-9]+\\$##; s#.*/##"); printf "#!/bin/sh\\n" > "$out$name"; chmod +x "$out$name"; done',
    ];
    await writeFile(fakeGo, script.join('\n'), { mode: 0o755 });
    const env = bare({ PATH: `${join(folder, 'bin')}:/usr/bin:/bin` });
    const lines: string[] = [];
    const both = ['etcd', 'jsonnet'];
    const options = {
      env,
      onProgress: (progress: Parameters<typeof describeProgress>[0]) =>
        lines.push(describeProgress(progress)),
    };
    const [first, second] = await Promise.all([ensureTools(both, options), ensureTools(both, options)]);
    expect(first.get('etcd')).toBe(join(toolCacheDir(env), 'etcd'));
    expect(second).toEqual(first);
    expect(lines.filter((line) => line.startsWith('building etcd, jsonnet'))).toHaveLength(1);
    expect(lines.some((line) => line.startsWith('built etcd, jsonnet'))).toBe(true);
  });

  it('names the three ways out when there is no Go', async () => {
    const without = ensureTools(['kwok', 'helm'], { env: bare({ GOROOT: '/nowhere' }) });
    await expect(without).rejects.toThrow(/kwok 0\.8\.0, helm.*install Go.*on PATH.*TIPHYS_TOOL_KWOK/);
  });

  it('says what Go said when a build fails, and leaves nothing half done', async () => {
    await mkdir(join(folder, 'bin'), { recursive: true });
    const script = '#!/bin/sh\necho "some/package" >&2\necho "x.go:1:2: undefined: y" >&2\nexit 1\n';
    await writeFile(join(folder, 'bin', 'go'), script, { mode: 0o755 });
    await expect(ensureTools(['helm'], { env: bare() })).rejects.toMatchObject({
      code: 'BuildFailed',
      message: expect.stringContaining('undefined: y') as string,
    });
  });
});

describe('withLock', () => {
  it('lets one in at a time', async () => {
    const lock = join(folder, 'lock');
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };
    await Promise.all([1, 2, 3, 4].map(() => withLock(lock, work, { pollMs: 5 })));
    expect(most).toBe(1);
  });

  it('takes over from a holder that died', async () => {
    const lock = join(folder, 'lock');
    await mkdir(lock);
    const past = new Date(Date.now() - 60_000);
    await utimes(lock, past, past);
    expect(await withLock(lock, () => Promise.resolve('in'), { pollMs: 5 })).toBe('in');
  });

  it('gives up on a holder that lives, and frees itself when the work throws', async () => {
    const lock = join(folder, 'lock');
    const failing = withLock(lock, () => Promise.reject(new Error('work failed')));
    await expect(failing).rejects.toThrow('work failed');
    await mkdir(lock);
    const waiting = withLock(lock, () => Promise.resolve(), { pollMs: 5, timeoutMs: 30 });
    await expect(waiting).rejects.toMatchObject({ code: 'LockTimeout' });
  });
});

describe('describeProgress', () => {
  it.each([
    [
      { step: 'building', tools: ['etcd'], usualSeconds: 90 } as const,
      'building etcd with Go (usually 1 min 30 s on 2 cores, once)',
    ],
    [{ step: 'compiling', packages: 812, elapsedMs: 60_000 } as const, '  compiling: 812 packages, 1 min'],
    [{ step: 'waiting', elapsedMs: 3_000 } as const, '  another process is building the tools: waited 3 s'],
    [{ step: 'built', tools: ['etcd', 'kwok'], elapsedMs: 9_400 } as const, 'built etcd, kwok in 9 s'],
  ])('%o', (progress, line) => {
    expect(describeProgress(progress)).toBe(line);
  });
});
