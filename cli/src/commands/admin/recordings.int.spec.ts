import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseYamlDocuments } from '@tiphys/yaml';
import { cacheKeyOf, connectRedis, createRedisCache, parseRedisAddress } from '@tiphys/adapter-redis';
import { startRedis, type RedisServer } from '@tiphys/testing/redis';
import { Installation } from '../../testing/installation.ts';
import type { Recording } from '../../testing/recording.ts';
import type { Outcome } from '../../testing/run-cli.ts';
import { runHere } from '../../testing/run-here.ts';
import { admin, replayedHere } from '../../testing/shares/index.ts';

const ours = replayedHere(admin);
const isLive = ({ argv }: Recording): boolean =>
  argv.some((word) => word === '-n' || word === '--namespace') && argv[1] !== 'proj';
const named = (name: string): Recording | undefined => ours.find((one) => one.name.endsWith(name));

/** Documents are compared as such: quotes and long lines may be written in several ways. Who wrote a field is noise. */
function comparable(stdout: string): unknown {
  if (!stdout.startsWith('apiVersion:')) return normalized(stdout);
  const withoutWriters = (key: string, value: unknown): unknown =>
    key === 'managedFields' ? undefined : value;
  const documents = parseYamlDocuments(stdout, { file: 'the output' });
  return JSON.parse(JSON.stringify(documents, withoutWriters)) as unknown;
}

/** Lines of the reference's own log, alignment and times are noise; so are warnings, which are told in other words. */
const normalized = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/^\{"level":|^Warning: /.test(line))
    .map((line) => line.replace(/(?<=\S) {2,}/g, '  ').trimEnd())
    .filter((line) => line !== '')
    .join('\n')
    .replace(/at \S+, duration: .*/, 'at <time>');

const fatal = (stderr: string): string => {
  const [, quoted = '""'] = /"level":"fatal","msg":("(?:[^"\\]|\\.)*")/.exec(stderr) ?? [];
  return JSON.parse(quoted) as string;
};

/** Values that the recording does not hold. */
const filled = (text: string): string =>
  text
    .replaceAll('server: <base64>', `server: ${Buffer.from(SECOND).toString('base64')}`)
    .replaceAll('<base64>', 'cGxhY2Vob2xkZXI=');

const SECOND = 'https://127.0.0.1:36443';
const CACHE_KEY = 'a key of the tests that is long enough';

/** What the controller of the recording told of its clusters. */
const OWN_FACTS = {
  connectionState: { status: 'Successful' },
  cacheInfo: { resourcesCount: 289 },
  applicationsCount: 10,
};

const SECRET = 'apiVersion: v1\nkind: Secret\nmetadata: {name: argocd-secret}\ndata: {}\n';

function expectSame(recording: Recording, { code, stdout, stderr }: Outcome): void {
  expect(stderr).toContain(fatal(recording.stderr));
  expect(comparable(stdout)).toEqual(comparable(filled(recording.stdout)));
  expect(code).toBe(recording.exitCode);
}

describe.runIf(ours.length > 0)('a recorded command that needs no cluster', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tiphys-admin-'));
    await writeFile(join(folder, 'asec.yaml'), SECRET);
    for (const { files } of ours)
      for (const [name, content] of Object.entries(files)) {
        const path = join(folder, basename(name));
        await writeFile(path, content);
      }
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(ours.filter((one) => !isLive(one)))('$name ends, prints and fails as recorded', async (one) => {
    for (const [name, content] of Object.entries(one.files))
      await writeFile(join(folder, basename(name)), content);
    const words = one.argv.map((word) =>
      word.startsWith('/rec/mat/') ? join(folder, basename(word)) : word,
    );
    const env = { HOME: folder, KUBECONFIG: join(folder, 'kubeconfig') };
    await writeFile(env.KUBECONFIG, kubeconfigOf(one));
    expectSame(one, await runHere(words, { env }));
  });
});

describe.runIf(ours.length > 0)('a recorded command on a cluster', () => {
  let installation: Installation;
  let redis: RedisServer;
  const exported = filled(named('-export')?.stdout ?? '');

  beforeAll(async () => {
    installation = await Installation.create('recorded');
    const { code, stderr } = await installation.run(['admin', 'import', '-'], { stdin: exported });
    expect(code, stderr).toBe(0);
    await installation.apply(
      `apiVersion: v1\nkind: Secret\nmetadata: {name: tiphys-cache-key}\nstringData: {key: ${CACHE_KEY}}\n`,
    );
    redis = await startRedis();
    await publish(redis);
    await installation.apply(
      'apiVersion: v1\nkind: Secret\nmetadata: {name: argocd-initial-admin-secret}\nstringData: {password: <initial-admin-password>}\n',
    );
  });

  afterAll(async () => {
    await installation.remove();
    await redis.stop();
  });

  const stdinOf = ({ stdin, name }: Recording): string => {
    if (stdin === '') return '';
    if (!name.includes('prune')) return exported;
    const documents = exported.split('---\n');
    return documents.filter((text) => /^kind: (?:AppProject|ConfigMap)$/m.test(text)).join('---\n');
  };

  it.each(ours.filter(isLive))('$name ends, prints and fails as recorded', async (one) => {
    const place = one.argv.findIndex((word) => word === '-n' || word === '--namespace');
    const words = [...one.argv.slice(0, place), ...one.argv.slice(place + 2)];
    const namespace = ['--namespace', installation.namespace];
    const outcome = await runHere([...words, ...namespace], {
      stdin: stdinOf(one),
      env: { KUBECONFIG: installation.kube.kubeconfigPath, REDIS_SERVER: addressOf(redis) },
    });
    expectSame(recordedHere(one), {
      ...inAnyOrder(one, outcome),
      stdout: inAnyOrder(one, outcome).stdout.replaceAll(installation.namespace, 'argocd'),
    });
  });
});

async function publish(redis: RedisServer): Promise<void> {
  const connection = connectRedis({ endpoint: parseRedisAddress(addressOf(redis)), timeoutMs: 10_000 });
  expect(await connection.whenReady(30_000)).toBe(true);
  const cache = createRedisCache({ connection, key: cacheKeyOf(CACHE_KEY) });
  await cache.set('cluster|info|https://kubernetes.default.svc', JSON.stringify(OWN_FACTS), 600_000);
  await connection.close();
}

const addressOf = ({ port }: RedisServer): string => `127.0.0.1:${String(port)}`;

/** Pruned objects come in any order; the recorded file had other Applications than the export. */
function inAnyOrder<T extends { readonly stdout: string }>({ name }: Recording, outcome: T): T {
  if (!name.includes('prune')) return outcome;
  const lines = outcome.stdout.split('\n').filter((line) => !line.includes('/Application '));
  return { ...outcome, stdout: lines.sort().join('\n') };
}

/** A kubeconfig as the recording found it: its context, and the cluster with the authority of the output. */
function kubeconfigOf({ stdout, argv }: Recording): string {
  const [, ca = ''] = /"caData":"([^"]*)"/.exec(stdout) ?? [];
  const [, server = ''] = /^ {2}server: (.*)$/m.exec(stdout) ?? [];
  return JSON.stringify({
    clusters: [{ name: 'c', cluster: { server, 'certificate-authority-data': ca } }],
    users: [{ name: 'u', user: { token: 'own-token' } }],
    contexts: [{ name: argv[3] ?? '', context: { cluster: 'c', user: 'u' } }],
  });
}

/** What was recorded, as this state and this client have it. */
function recordedHere(recording: Recording): Recording {
  const { name, stdout } = recording;
  if (name.includes('initial-password'))
    return {
      ...recording,
      stdout:
        '<initial-admin-password>\n It is for the first login only. Set another one with `tiphys account update-password`.\n',
    };
  return inAnyOrder(recording, { ...recording, stdout });
}
