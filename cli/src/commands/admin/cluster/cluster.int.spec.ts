import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJsonObject, stringAt } from '@tiphys/model';
import { parseYamlDocuments } from '@tiphys/yaml';
import { Installation } from '../../../testing/installation.ts';
import { runHere } from '../../../testing/run-here.ts';

let installation: Installation;
let folder: string;

const app = (name: string, destination: string): string => `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: ${name}}
spec:
  project: default
  destination: ${destination}
  source: {repoURL: "https://git.example.com/a.git", path: a}
---`;

beforeAll(async () => {
  installation = await Installation.create('clusters');
  folder = await mkdtemp(join(tmpdir(), 'tiphys-clusters-'));
  const { kube, namespace } = installation;
  const config = {
    bearerToken: await kube.createServiceAccountToken(namespace, 'manager'),
    tlsClientConfig: { insecure: false, caData: Buffer.from(kube.caPem).toString('base64') },
  };
  await installation.apply(`
apiVersion: v1
kind: Secret
metadata: {name: second, labels: {argocd.argoproj.io/secret-type: cluster}}
stringData:
  name: second
  server: ${kube.apiUrl}
  config: '${JSON.stringify(config)}'
---
${app('one', `{name: second, namespace: shop}`)}
${app('two', `{server: "${kube.apiUrl}", namespace: web}`)}
${app('three', `{server: "https://kubernetes.default.svc", namespace: web}`)}
`);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await installation.remove();
});

const run = (...words: readonly string[]) => installation.run(['admin', 'cluster', ...words]);

describe('admin cluster kubeconfig', () => {
  it('writes a file, for the owner alone, by which the cluster is reached as the control plane does', async () => {
    const path = join(folder, 'kubeconfig');
    const outcome = await run('kubeconfig', `${installation.kube.apiUrl}/`, path);
    expect(outcome, outcome.stderr).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const { stderr } = await runHere(
      ['admin', 'initial-password', '-n', installation.namespace, '--kubeconfig', path],
      { env: { HOME: folder } },
    );
    expect(stderr).toContain(`system:serviceaccount:${installation.namespace}:manager`);
    expect(await readFile(path, 'utf8')).toBe(
      (await run('kubeconfig', installation.kube.apiUrl, '-')).stdout,
    );
  });

  it.each([
    ['https://nowhere', 'There is no cluster https://nowhere.'],
    ['https://kubernetes.default.svc', 'reaches it by its own service account'],
  ])('has none of %s', async (server, message) => {
    const { code, stderr } = await run('kubeconfig', server, join(folder, 'none'));
    expect(code).toBe(20);
    expect(stderr).toContain(message);
  });
});

describe('admin cluster namespaces', () => {
  const row = (server: string, namespace: string): RegExp => new RegExp(`^${server} +${namespace}$`, 'm');
  const limits = async (): Promise<readonly (string | undefined)[]> => {
    const data = (await installation.find<{ data: Record<string, string> }>('Secret', 'second'))?.data ?? {};
    return [data['namespaces'], data['clusterResources']].map(
      (value) => value && Buffer.from(value, 'base64').toString(),
    );
  };

  it('lists where Applications deploy to', async () => {
    const { stdout } = await run('namespaces');
    expect(stdout).toMatch(/^CLUSTER +NAMESPACE\n/);
    expect(stdout).toMatch(row(installation.kube.apiUrl, 'shop'));
    expect(stdout).toMatch(row(installation.kube.apiUrl, 'web'));
    expect(stdout).toMatch(row('https://kubernetes.default.svc', 'web'));
  });

  it('limits a cluster to them and takes that back, once it is no dry run', async () => {
    const dry = await run('namespaces', 'enable-namespaced-mode', '*', '--cluster-resources');
    expect(dry.stdout).toContain(`cluster ${installation.kube.apiUrl}: shop, web (dry run)\n`);
    expect(dry.stdout).toContain('https://kubernetes.default.svc has no secret');
    expect(await limits()).toEqual([undefined, undefined]);
    const most = await run('namespaces', 'enable-namespaced-mode', '*', '--max-namespace-count', '1');
    expect(most.stdout).toBe('');
    await run('namespaces', 'enable-namespaced-mode', '*', '--cluster-resources', '--dry-run=false');
    expect(await limits()).toEqual(['shop,web', 'true']);
    expect((await run('namespaces', 'enable-namespaced-mode', '*', '--dry-run=false')).stdout).not.toContain(
      'shop',
    );
    await run('namespaces', 'disable-namespaced-mode', 'https://nowhere*', '--dry-run=false');
    expect(await limits()).toEqual(['shop,web', 'true']);
    const { stdout } = await run('namespaces', 'disable-namespaced-mode', '*', '--dry-run=false');
    expect(stdout).toBe(`cluster ${installation.kube.apiUrl}: all namespaces\n`);
    expect(await limits()).toEqual([undefined, undefined]);
  });
});

describe('admin cluster stats and shards', () => {
  it('place clusters as the controller does, and say that nothing is known without Redis', async () => {
    const { stdout, stderr, code } = await run('stats', '--replicas', '3', '--port-forward-redis=false');
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('Redis is not found');
    expect(stdout).toMatch(/^https:\/\/kubernetes\.default\.svc +0 +Unknown +1 +0 +0$/m);
    const [, shard = ''] = new RegExp(`^${installation.kube.apiUrl} +(\\d) `, 'm').exec(stdout) ?? [];
    const words = ['--replicas', '3', '--shard', shard, '--port-forward-redis=false'];
    const one = await run('stats', ...words);
    expect(one.stdout).toContain(installation.kube.apiUrl);
    const { stdout: shards } = await run('shards', ...words);
    expect(shards).toMatch(new RegExp(`^SHARD .*\n${shard} +[12] +0 +0\n$`));
  });

  it.each([
    [['--sharding-method', 'magic'], 1, 'it must be one of legacy, round-robin'],
    [['--redis', '127.0.0.1:1'], 20, 'Redis at 127.0.0.1:1 cannot be reached'],
    [['--redis', 'x', '--sentinel', 'y'], 1, 'Sentinels'],
  ])('refuse %j', async (words, code, message) => {
    const outcome = await run('stats', ...words);
    expect(outcome.stderr).toContain(message);
    expect(outcome.code).toBe(code);
  });
});

describe('a kubeconfig with a plugin', () => {
  it('logs in with what the plugin gives, for all commands that read a context', async () => {
    const { kube, namespace } = installation;
    const apiVersion = 'client.authentication.k8s.io/v1';
    const status = { token: await kube.createServiceAccountToken(namespace, 'plugged') };
    const answer = await writeAnswer({ apiVersion, kind: 'ExecCredential', status });
    const exec = { apiVersion, command: 'cat', args: [answer], interactiveMode: 'Never' };
    const path = join(folder, 'with-plugin');
    const cluster = {
      server: kube.apiUrl,
      'certificate-authority-data': Buffer.from(kube.caPem).toString('base64'),
    };
    await writeFile(
      path,
      JSON.stringify({
        clusters: [{ name: 'c', cluster }],
        users: [{ name: 'u', user: { exec } }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      }),
    );
    const words = ['--kubeconfig', path];
    const env = { HOME: folder };
    const who = `system:serviceaccount:${namespace}:plugged`;
    const read = await runHere(['admin', 'initial-password', '-n', namespace, ...words], { env });
    expect(read.stderr).toContain(who);
    const made = await runHere(
      ['admin', 'cluster', 'generate-spec', 'x', '--generate-bearer-token', ...words],
      { env },
    );
    expect(made.stderr).toContain(who);
  });

  const writeAnswer = async (answer: object): Promise<string> => {
    const path = join(folder, 'answer.json');
    await writeFile(path, JSON.stringify(answer));
    return path;
  };
});

describe('admin cluster generate-spec', () => {
  const generate = (...words: readonly string[]) =>
    runHere(
      [
        ...['admin', 'cluster', 'generate-spec', 'tiphys', '--kubeconfig', installation.kube.kubeconfigPath],
        ...words,
      ],
      { env: { HOME: folder } },
    );
  const dataOf = (text: string): Readonly<Record<string, string>> => {
    const [secret] = parseYamlDocuments(text, { file: 'secret' });
    const data = isJsonObject(secret) ? secret['stringData'] : undefined;
    return data as Readonly<Record<string, string>>;
  };

  it('declares a cluster that the control plane can reach', async () => {
    const { kube, namespace } = installation;
    const words = ['--generate-bearer-token', '--system-namespace', namespace, '--namespace', namespace];
    const { stdout, stderr, code } = await generate(...words, '--label', 'env=test', '--shard', '2');
    expect(code, stderr).toBe(0);
    const { config = '', ...rest } = dataOf(stdout);
    expect(rest).toEqual({ name: 'tiphys', server: kube.apiUrl, namespaces: namespace, shard: '2' });
    expect(stringAt(JSON.parse(config) as { bearerToken: string }, 'bearerToken')).toMatch(/^ey/);
    expect(stdout).toContain('env: test');
  });

  it.each([
    [['--in-cluster'], { server: 'https://kubernetes.default.svc' }],
    [['--cluster-endpoint', 'internal'], { server: 'https://kubernetes.default.svc' }],
    [
      ['--aws-cluster-name', 'prod'],
      { config: expect.stringContaining('"awsAuthConfig":{"clusterName":"prod"}') },
    ],
    [
      ['--exec-command', 'login', '--exec-command-args', 'now', '--exec-command-env', 'A=b'],
      { config: expect.stringContaining('{"command":"login","args":["now"],"env":{"A":"b"}}') },
    ],
    [['--bearer-token', 'mine'], { config: expect.stringContaining('"bearerToken":"mine"') }],
  ])('%j', async (words, expected) => {
    expect(dataOf((await generate(...words)).stdout)).toMatchObject(expected);
  });

  it.each([
    [['--cluster-endpoint', 'moon'], 1, 'it must be one of kubeconfig, kube-public, internal'],
    [['--cluster-endpoint', 'kube-public'], 20, 'tells no address'],
    [['--output', 'toml'], 20, 'it must be yaml or json'],
  ])('refuses %j', async (words, code, message) => {
    const outcome = await generate(...words);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toContain(message);
  });
});
