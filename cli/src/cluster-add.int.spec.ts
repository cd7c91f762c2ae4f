import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedKubeEnv, type KubeAccess, type TestNamespace } from '@tiphys/testing/kube-env';
import { FixtureServer } from './testing/fixture-server.ts';
import { Cli } from './testing/run-cli.ts';

let kube: KubeAccess;
let system: TestNamespace;
let target: TestNamespace;
let server: FixtureServer;
let cli: Cli;

beforeAll(async () => {
  kube = await sharedKubeEnv();
  [system, target] = [await kube.createNamespace('system'), await kube.createNamespace('target')];
  server = await FixtureServer.start(() => ({ body: {} }));
  cli = await Cli.create();
});

afterAll(async () => {
  await cli.remove();
  await server.stop();
  await Promise.all([system.remove(), target.remove()]);
});

const add = (...words: readonly string[]) =>
  cli.run([
    ...['cluster', 'add', ...words, '--kubeconfig', kube.kubeconfigPath, '--system-namespace', system.name],
    ...['--server', server.address, '--plaintext', '--auth-token', 'a.b.c', '-y'],
  ]);

describe('cluster add', () => {
  it('makes a service account in the cluster and gives its token to the server, not the login of the user', async () => {
    const outcome = await add(
      'tiphys',
      '--name',
      'second',
      '--label',
      'env=test',
      '--namespace',
      target.name,
    );
    expect(outcome, outcome.stderr).toMatchObject({ code: 0, stdout: `Cluster '${kube.apiUrl}' added\n` });
    expect(outcome.stderr).toContain('ServiceAccount "argocd-manager"');
    const [asked] = server.asked('POST', '/api/v1/clusters');
    const body = JSON.parse(asked?.body ?? '{}') as { config: { bearerToken: string } };
    expect(body).toMatchObject({
      server: kube.apiUrl,
      name: 'second',
      labels: { env: 'test' },
      namespaces: [target.name],
      config: { bearerToken: expect.stringMatching(/^ey/), tlsClientConfig: { insecure: false } },
    });
    const { certPem = '' } = kube.connection;
    expect(asked?.body).not.toContain(Buffer.from(certPem).toString('base64'));
    expect(outcome.stderr).not.toContain(body.config.bearerToken);
    const again = await add('tiphys', '--namespace', target.name);
    expect(again.code).toBe(0);
  });

  it('says that there is no such context', async () => {
    const { code, stderr } = await add('nosuch');
    expect(code).toBe(20);
    expect(stderr).toContain('context nosuch does not exist in kubeconfig');
  });
});
