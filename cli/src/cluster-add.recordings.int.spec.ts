import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedKubeEnv, type KubeAccess, type TestNamespace } from '@tiphys/testing/kube-env';
import { FixtureServer, refusal } from './testing/fixture-server.ts';
import type { Recording } from './testing/recording.ts';
import { runHere } from './testing/run-here.ts';
import { clusterAdd, replayedHere } from './testing/shares/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const CREATE = 'ClusterService/Create';

let kube: KubeAccess;
let system: TestNamespace;
let targets: readonly TestNamespace[];

/** The contexts of the recording were two ways to one cluster. */
const contexts: Readonly<Record<string, string>> = { kc: 'tiphys', kct: 'tiphys' };

/** What was recorded, in the words of the cluster of the test. */
const here = (text: string): string =>
  text
    .replaceAll(/https:\/\/(?:127\.0\.0\.1|localhost):36443/gu, kube.apiUrl)
    .replaceAll('kube-system', system.name)
    .replaceAll('ns-a', targets[0]?.name ?? '')
    .replaceAll('ns-b', targets[1]?.name ?? '');

const wordsOf = ({ argv }: Recording, server: FixtureServer): readonly string[] => [
  ...argv.map((word, index) => (index === 2 ? (contexts[word] ?? word) : here(word))),
  ...(argv.includes('--system-namespace') ? [] : ['--system-namespace', system.name]),
  ...['--kubeconfig', kube.kubeconfigPath, '--server', server.address, '--plaintext'],
  ...['--auth-token', 'a.b.c'],
];

/**
 * What is declared, without what only a server can say, without logins, which are those of a service account here, and
 * without what says nothing. That answers are not to be compressed is declared here, and was lost there.
 */
function declared({ connectionState: _state, info: _info, ...cluster }: Fields): Fields {
  const config = (cluster['config'] ?? {}) as Fields;
  const { execProviderConfig, awsAuthConfig } = config;
  const all = { ...cluster, config: { execProviderConfig, awsAuthConfig } };
  return JSON.parse(
    JSON.stringify(all, (_key, value: unknown) => (saysNothing(value) ? undefined : value)),
  ) as Fields;
}

const saysNothing = (value: unknown): boolean => value === '' || value === false || value === null;

/** Objects that the client says that it made or found, which may be named with their namespace. */
const namedIn = (stderr: string): readonly string[] =>
  [...stderr.matchAll(/(?:ServiceAccount|ClusterRole|ClusterRoleBinding|Role|secret) \\"([^"\\]+)\\"/gu)].map(
    ([, name = '']) => name.split('/').at(-1) ?? '',
  );

const failureIn = (stderr: string): string => {
  const [, quoted = '""'] = /"level":"fatal","msg":("(?:[^"\\]|\\.)*")/u.exec(stderr) ?? [];
  const text = JSON.parse(quoted) as string;
  return /desc = (.*)$/su.exec(text)?.[1] ?? text;
};

const ours = replayedHere(clusterAdd);

describe.runIf(ours.length > 0)('a recorded cluster that is added', () => {
  beforeAll(async () => {
    kube = await sharedKubeEnv();
    system = await kube.createNamespace('system');
    targets = [await kube.createNamespace('target'), await kube.createNamespace('target')];
    const metadata = { name: 'rec-admin', namespace: system.name };
    await kube.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  });
  afterAll(async () => {
    await Promise.all([system, ...targets].map((namespace) => namespace.remove()));
  });

  it.each(ours)('$name', async (recording) => {
    const call = recording.calls.find(({ method }) => method === CREATE);
    const server = await FixtureServer.start(() =>
      call === undefined || call.status === 0 ? { body: {} } : refusal(call.status, here(call.message)),
    );
    try {
      const { code, stdout, stderr } = await runHere(wordsOf(recording, server));
      expect(code, stderr).toBe(recording.exitCode);
      expect(stdout).toBe(here(recording.stdout));
      expect(stderr).toContain(here(failureIn(recording.stderr)).trim());
      for (const name of namedIn(recording.stderr)) expect(stderr).toContain(name);
      const sent = server.asked('POST', '/api/v1/clusters');
      const { cluster, upsert } = (call?.request ?? {}) as { cluster?: Fields; upsert?: boolean };
      expect(sent.map(({ body }) => declared(JSON.parse(body) as Fields))).toEqual(
        cluster === undefined ? [] : [declared(JSON.parse(here(JSON.stringify(cluster))) as Fields)],
      );
      expect(sent.some(({ query }) => query.get('upsert') === 'true')).toBe(upsert === true);
    } finally {
      await server.stop();
    }
  });
});
