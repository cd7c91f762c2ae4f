import { once } from 'node:events';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProcessRunner } from '@tiphys/adapter-process';
import type { ProcessRunner } from '@tiphys/adapter-process';
import { valueAt } from '@tiphys/model';
import type { JsonObject, JsonValue, KubeObject } from '@tiphys/model';
import { systemClock as clock } from '@tiphys/runtime/clock';
import { sharedKubeEnv } from '@tiphys/testing/kube-env';
import type { KubeAccess } from '@tiphys/testing/kube-env';
import { freePorts, privateFolder } from '@tiphys/testing/processes';
import type { PrivateFolder } from '@tiphys/testing/processes';
import { clusterOfSecret, inClusterConfig } from './cluster-secret.ts';
import { makeClusterConnector } from './connector.ts';
import { connectionOfEnv } from './spec-connection.ts';
import { refuse, reply, startSpecServer } from './spec-server.ts';

let env: KubeAccess;
let folder: PrivateFolder;
let runner: ProcessRunner;
let namespace: string;
beforeAll(async () => {
  [env, folder] = await Promise.all([sharedKubeEnv(), privateFolder('connector')]);
  runner = await createProcessRunner({ path: '/usr/bin:/bin', directory: join(folder.path, 'homes') });
  namespace = (await env.createNamespace('connector')).name;
});
afterAll(async () => {
  await runner.close();
  await folder.remove();
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function secret(config: JsonObject, server = env.apiUrl): KubeObject {
  const data = { server: base64(server), name: base64('far'), config: base64(JSON.stringify(config)) };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'cluster-far', namespace: 'argocd' }, data };
}

/** Who the API server takes the login for, asked `times` times. */
async function whoIs(
  object: KubeObject | undefined,
  execAllowlist: string[] = [],
  times = 1,
): Promise<JsonValue[]> {
  const connector = makeClusterConnector({
    clock,
    own: connectionOfEnv(env.connection),
    commandRunner: runner,
    execAllowlist,
    execEnv: { SHARED: 'shared' },
  });
  const config = object === undefined ? inClusterConfig() : clusterOfSecret(object);
  const api = await connector.connect(config);
  expect(api.server).toBe(config.server);
  const names: JsonValue[] = [];
  try {
    for (let time = 0; time < times; time += 1) {
      const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
      const review = await api.raw('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { body });
      names.push(valueAt(review, 'status', 'userInfo', 'username') ?? null);
    }
    return names;
  } finally {
    await api.close();
  }
}

const tls = (): JsonObject => ({ caData: base64(env.caPem) });
const account = (name: string): string => `system:serviceaccount:${namespace}:${name}`;

describe('a cluster', () => {
  it('by a bearer token', async () => {
    const bearerToken = await env.createServiceAccountToken(namespace, 'bearer');
    expect(await whoIs(secret({ bearerToken, tlsClientConfig: tls() }))).toEqual([account('bearer')]);
  });

  it('by a bearer token, with a trusted name or any certificate', async () => {
    const bearerToken = await env.createServiceAccountToken(namespace, 'bearer');
    const insecure = { bearerToken, tlsClientConfig: { insecure: true } };
    expect(await whoIs(secret(insecure))).toEqual([account('bearer')]);
    await expect(whoIs(secret({ bearerToken }))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('by a client certificate', async () => {
    const { certPem = '', keyPem = '' } = env.connection;
    const tlsClientConfig = { ...tls(), certData: base64(certPem), keyData: base64(keyPem) };
    expect(await whoIs(secret({ tlsClientConfig }))).toEqual([expect.any(String)]);
  });

  it('by user and password, where something before the API server knows them', async () => {
    // No API server of today takes passwords itself.
    const front = await startSpecServer(({ method, path, headers, body }, response) => {
      if (headers.authorization !== `Basic ${base64('shop:pass:word')}`)
        return refuse(response, 401, 'Unauthorized');
      void env
        .send({ method, path, ...(body === '' ? {} : { body: JSON.parse(body) as JsonObject }) })
        .then((answer) => reply(response, answer.status, answer.body));
    });
    try {
      const login = { username: 'shop', password: 'pass:word' };
      expect(await whoIs(secret(login, front.url))).toEqual([expect.any(String)]);
      await expect(whoIs(secret({ ...login, password: 'other' }, front.url))).rejects.toMatchObject({
        code: 'unauthenticated',
      });
    } finally {
      await front.close();
    }
  });

  it('by the name in its certificate, where that is not the address', async () => {
    const bearerToken = await env.createServiceAccountToken(namespace, 'bearer');
    const named = (serverName: string) => secret({ bearerToken, tlsClientConfig: { ...tls(), serverName } });
    expect(await whoIs(named('localhost'))).toEqual([account('bearer')]);
    await expect(whoIs(named('elsewhere.example.com'))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('through a proxy, with plain answers', async () => {
    const bearerToken = await env.createServiceAccountToken(namespace, 'bearer');
    const [port = 0] = await freePorts(1);
    const proxied = (proxyUrl: string) =>
      secret({ bearerToken, tlsClientConfig: tls(), proxyUrl, disableCompression: true });
    await expect(whoIs(proxied(`http://127.0.0.1:${port}`))).rejects.toThrow(`proxy 127.0.0.1:${port}`);
    const targets: string[] = [];
    const proxy = createServer().on('connect', (request, near) => {
      targets.push(request.url ?? '');
      const far = connect(Number(new URL(env.apiUrl).port), '127.0.0.1', () =>
        near.write('HTTP/1.1 200 OK\r\n\r\n'),
      );
      near.pipe(far).pipe(near);
      near.on('error', () => far.destroy());
      far.on('error', () => near.destroy());
    });
    proxy.listen(port, '127.0.0.1');
    await once(proxy, 'listening');
    try {
      expect(await whoIs(proxied(`http://127.0.0.1:${port}`))).toEqual([account('bearer')]);
      expect(targets).toEqual([new URL(env.apiUrl).host]);
    } finally {
      await new Promise((resolve) => proxy.close(resolve));
    }
  });

  it('of its own, without a secret, and by a secret without a login', async () => {
    const [own] = await whoIs(undefined);
    expect(own).toEqual(expect.any(String));
    expect(await whoIs(secret({}, 'https://kubernetes.default.svc/'))).toEqual([own]);
  });
});

describe('a credential plugin', () => {
  /** A plugin that counts its runs, shows its environment, and gives the token in the file. */
  async function plugin(
    name: string,
    lifeSeconds: number,
  ): Promise<{
    command: string;
    readonly runs: () => Promise<number>;
    readonly info: () => Promise<string>;
  }> {
    const path = join(folder.path, name);
    const token = await env.createServiceAccountToken(namespace, name);
    const expirationTimestamp = new Date(Date.now() + lifeSeconds * 1000).toISOString();
    const answer = JSON.stringify({ kind: 'ExecCredential', status: { token, expirationTimestamp } });
    await writeFile(`${path}.answer`, answer);
    await writeFile(
      path,
      `#!/bin/sh\necho run >> ${path}.runs\nenv > ${path}.env\nexec cat ${path}.answer\n`,
    );
    await chmod(path, 0o700);
    return {
      command: path,
      runs: async () => (await readFile(`${path}.runs`, 'utf8')).trim().split('\n').length,
      info: () => readFile(`${path}.env`, 'utf8'),
    };
  }
  const config = (command: string, rest: JsonObject = {}): JsonObject => ({
    tlsClientConfig: tls(),
    execProviderConfig: { command, ...rest },
  });

  it('on the allowlist gives a token that is kept until it ends', async () => {
    const lasting = await plugin('lasting', 3_600);
    expect(await whoIs(secret(config(lasting.command)), [lasting.command], 3)).toEqual(
      Array(3).fill(account('lasting')),
    );
    expect(await lasting.runs()).toBe(1);
    const ending = await plugin('ending', 1);
    await whoIs(secret(config(ending.command)), [ending.command], 3);
    expect(await ending.runs()).toBe(4);
  });

  it('gets its own settings and those of all plugins, and nothing else of ours', async () => {
    process.env['TIPHYS_SPEC_PRIVATE'] = 'private';
    const { command, info } = await plugin('settings', 3_600);
    const rest = { env: { OWN: 'own' }, provideClusterInfo: true, config: { a: 1 } };
    await whoIs(secret(config(command, rest)), [command]);
    const seen = await info();
    expect(seen).toContain('OWN=own');
    expect(seen).toContain('SHARED=shared');
    expect(seen).not.toContain('TIPHYS_SPEC_PRIVATE');
    const line = seen.split('\n').find((entry) => entry.startsWith('KUBERNETES_EXEC_INFO='));
    expect(JSON.parse(line?.slice('KUBERNETES_EXEC_INFO='.length) ?? '')).toMatchObject({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      spec: { interactive: false, cluster: { server: env.apiUrl, config: { a: 1 } } },
    });
  });

  it.each([
    ['nothing is on the list', () => []],
    ['only its folder is', (command: string) => [join(command, '..')]],
    ['only its name is', (command: string) => [command.split('/').at(-1) ?? '']],
  ])('is not run when %s', async (_, allowlist) => {
    const { command, runs } = await plugin('forbidden', 3_600);
    const attempt = whoIs(secret(config(command)), allowlist(command));
    await expect(attempt).rejects.toMatchObject({
      code: 'permission-denied',
      message: expect.stringContaining('far'),
    });
    await expect(runs()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it.each([
    ['exits with 3', '#!/bin/sh\necho no luck >&2; exit 3\n', 'no luck'],
    ['says nothing', '#!/bin/sh\n', 'not JSON'],
    [
      'says something else',
      '#!/bin/sh\necho \'{"kind":"ExecCredential","status":{"token":["s3cret"]}}\'\n',
      'status.token',
    ],
    ['gives nothing', '#!/bin/sh\necho \'{"kind":"ExecCredential","status":{}}\'\n', 'neither a token'],
  ])('that %s is named', async (_, script, words) => {
    const command = join(folder.path, 'broken');
    await writeFile(command, script);
    await chmod(command, 0o700);
    const attempt = whoIs(secret(config(command)), [command]);
    await expect(attempt).rejects.toMatchObject({
      code: 'unauthenticated',
      message: expect.stringContaining(words),
    });
    await expect(attempt).rejects.toThrow('of cluster far');
    await expect(attempt).rejects.not.toThrow('s3cret');
  });

  it('that is not installed comes with its hint', async () => {
    const attempt = whoIs(secret(config('tiphys-no-such', { installHint: 'ask the captain' })), [
      'tiphys-no-such',
    ]);
    await expect(attempt).rejects.toThrow('ask the captain');
  });
});
