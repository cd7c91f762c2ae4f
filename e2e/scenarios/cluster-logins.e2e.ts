import { chmod, writeFile } from 'node:fs/promises';
import { createServer as createProxy } from 'node:http';
import { createServer as createFront, request as forward } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labels, type KubeObject } from '@tiphys/model';
import { configMap, givenTiphys } from '@tiphys/testing/given';
import { startKubeEnv, type KubeEnv } from '@tiphys/testing/kube-env';
import { createAuthority } from '@tiphys/testing/pki';
import { poll, privateFolder } from '@tiphys/testing/processes';
import { startTcpProxy } from '@tiphys/testing/tcp-proxy';

/** A login of a cluster secret, and the address at which it is good. */
interface Login {
  readonly server: string;
  readonly config: object;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;
let far: KubeEnv;
let farTarget: string;
let folder: Awaited<ReturnType<typeof privateFolder>>;
const closers: (() => Promise<unknown>)[] = [];

const pluginPath = (): string => join(folder.path, 'login');

beforeAll(async () => {
  folder = await privateFolder('cluster-logins');
  [tiphys, far] = await Promise.all([
    givenTiphys({ env: { TIPHYS_EXEC_PROVIDERS: pluginPath() } }),
    startKubeEnv({ scheduler: false, kwok: false }),
  ]);
  farTarget = (await far.createNamespace('far')).name;
  await far.apply({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'tiphys-manager' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'manager', namespace: 'kube-system' }],
  } as never);
});

afterAll(async () => {
  await tiphys.close();
  for (const close of closers) await close();
  await far.stop();
  await folder.remove();
});

const token = (): Promise<string> => far.createServiceAccountToken('kube-system', 'manager');
const caData = (): string => base64(far.caPem);

/** The same cluster at an address of its own. */
async function address(): Promise<string> {
  const link = await startTcpProxy(Number(new URL(far.apiUrl).port));
  closers.push(() => link.close());
  return `https://127.0.0.1:${link.port}`;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

const logins: Readonly<Record<string, () => Promise<Login>>> = {
  'a bearer token': async () => ({
    server: await address(),
    config: { bearerToken: await token(), tlsClientConfig: { caData: caData() } },
  }),
  'a client certificate': async () => ({
    server: await address(),
    config: {
      tlsClientConfig: {
        caData: caData(),
        certData: base64(far.connection.certPem ?? ''),
        keyData: base64(far.connection.keyPem ?? ''),
      },
    },
  }),
  'a certificate of the server that nobody looks at': async () => ({
    server: await address(),
    config: { bearerToken: await token(), tlsClientConfig: { insecure: true } },
  }),
  'a credential plugin': async () => {
    const status = { token: await token(), expirationTimestamp: new Date(Date.now() + 3_600_000) };
    const answer = JSON.stringify({ kind: 'ExecCredential', status });
    await writeFile(pluginPath(), `#!/bin/sh\necho '${answer}'\n`);
    await chmod(pluginPath(), 0o700);
    return {
      server: await address(),
      config: { execProviderConfig: { command: pluginPath() }, tlsClientConfig: { caData: caData() } },
    };
  },
  'a proxy on the way': async () => {
    const proxy = createProxy().on('connect', (request, near) => {
      const { hostname, port } = new URL(`http://${request.url ?? ''}`);
      const there = connect(Number(port), hostname, () => {
        near.write('HTTP/1.1 200 OK\r\n\r\n');
        there.pipe(near).pipe(there);
      });
      for (const socket of [near, there]) socket.on('error', () => there.destroy());
      near.on('close', () => there.destroy());
    });
    const proxyUrl = `http://127.0.0.1:${await listening(proxy)}`;
    return {
      server: await address(),
      config: { proxyUrl, bearerToken: await token(), tlsClientConfig: { caData: caData() } },
    };
  },
  'user and password': async () => {
    const bearer = await token();
    const authority = createAuthority('front');
    const { certPem, keyPem } = authority.issue({
      commonName: 'front',
      hosts: ['127.0.0.1'],
      usage: 'server',
    });
    // No API server of today takes passwords itself: something before it does.
    const front = createFront({ cert: certPem, key: keyPem }, (request, response) => {
      const isKnown = request.headers.authorization === `Basic ${base64('shop:pass:word')}`;
      if (!isKnown) return void response.writeHead(401).end();
      const there = forward(`${far.apiUrl}${request.url ?? ''}`, {
        method: request.method,
        headers: { ...request.headers, authorization: `Bearer ${bearer}` },
        ca: far.caPem,
      });
      there.on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      there.on('error', () => response.destroy());
      response.on('close', () => there.destroy());
      request.pipe(there);
    });
    closers.push(() => Promise.resolve(front.closeAllConnections()));
    return {
      server: `https://127.0.0.1:${await listening(front)}`,
      config: {
        username: 'shop',
        password: 'pass:word',
        tlsClientConfig: { caData: base64(authority.certPem) },
      },
    };
  },
};

const farData = async (name: string): Promise<Record<string, string> | undefined> =>
  (
    await far.find<{ data?: Record<string, string> }>({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name,
      namespace: farTarget,
    })
  )?.data;

describe('the login of a cluster', () => {
  it.each(Object.entries(logins).map(([how, login], index) => ({ how, login, name: `login-${index}` })))(
    'Given $how, When an Application goes there, Then its objects run there and changes are seen',
    async ({ login, name }) => {
      const { server, config } = await login();
      await tiphys.secret(
        name,
        { [labels.secretType]: 'cluster' },
        { name, server, config: JSON.stringify(config) },
      );
      const repoURL = await tiphys.repository(name, { 'cm.yaml': configMap(name, '1') });
      const app = await tiphys.deployed(name, {
        source: { repoURL, path: '.', targetRevision: 'main' },
        destination: { name, namespace: farTarget },
      });
      expect(app.status?.conditions ?? []).toEqual([]);
      await far.remove({ apiVersion: 'v1', kind: 'ConfigMap', name, namespace: farTarget });
      await poll(async () => (await farData(name))?.['v'] === '1', {
        what: `${name} is back`,
        timeoutMs: 45_000,
      });
    },
  );

  it('Given a plugin that is not allowed, When an Application goes there, Then it says so and nothing is run', async () => {
    const config = { execProviderConfig: { command: '/usr/bin/id' }, tlsClientConfig: { caData: caData() } };
    const server = await address();
    await tiphys.secret(
      'forbidden',
      { [labels.secretType]: 'cluster' },
      { name: 'forbidden', server, config: JSON.stringify(config) },
    );
    await tiphys.application('forbidden', {
      source: {
        repoURL: await tiphys.repository('forbidden', { 'cm.yaml': configMap('forbidden', '1') }),
        path: '.',
        targetRevision: 'main',
      },
      destination: { name: 'forbidden', namespace: farTarget },
    });
    await tiphys.hasCondition(
      'forbidden',
      'ComparisonError',
      /"\/usr\/bin\/id" of cluster forbidden is not on the allowlist/u,
    );
  });
});

describe('the version of a cluster', () => {
  it('Given a secret that asks for it, When an Application goes there, Then the secret carries it as a label', async () => {
    const name = 'labelled';
    const config = { bearerToken: await token(), tlsClientConfig: { caData: caData() } };
    await tiphys.secret(
      name,
      { [labels.secretType]: 'cluster', [labels.autoLabelClusterInfo]: 'true' },
      { name, server: await address(), config: JSON.stringify(config) },
    );
    const repoURL = await tiphys.repository(name, { 'cm.yaml': configMap(name, '1') });
    await tiphys.deployed(name, {
      source: { repoURL, path: '.', targetRevision: 'main' },
      destination: { name, namespace: farTarget },
    });
    const secret = { apiVersion: 'v1', kind: 'Secret', name, namespace: tiphys.system.namespace };
    await poll(
      async () =>
        (await tiphys.kube.find<KubeObject>(secret))?.metadata.labels?.[labels.kubernetesVersion] === '1.36',
      { what: 'the label', timeoutMs: 45_000 },
    );
  });
});

describe('rights that are missing', () => {
  it('Given an account that may not list a kind, When that is to be respected, Then the kind is left out', async () => {
    const name = 'narrow';
    const account = { kind: 'ServiceAccount', name, namespace: farTarget };
    const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name } };
    const rules = [
      { apiGroups: [''], resources: ['configmaps'], verbs: ['*'] },
      { apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'list', 'watch'] },
    ];
    await far.apply({ ...rbac, kind: 'ClusterRole', rules } as never);
    await far.apply({
      ...rbac,
      kind: 'ClusterRoleBinding',
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [account],
    } as never);
    const bearerToken = await far.createServiceAccountToken(farTarget, name);
    const config = { bearerToken, tlsClientConfig: { caData: caData() } };
    await tiphys.setting('argocd-cm', { 'resource.respectRBAC': 'normal' });
    await tiphys.secret(
      name,
      { [labels.secretType]: 'cluster' },
      { name, server: await address(), config: JSON.stringify(config) },
    );
    const repoURL = await tiphys.repository(name, { 'cm.yaml': configMap(name, '1') });
    const app = await tiphys.deployed(name, {
      source: { repoURL, path: '.', targetRevision: 'main' },
      destination: { name, namespace: farTarget },
    });
    expect(app.status?.conditions ?? []).toEqual([]);
    expect(await farData(name)).toEqual({ v: '1' });
    await tiphys.setting('argocd-cm', { 'resource.respectRBAC': null });
  });
});
