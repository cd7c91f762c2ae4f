import { X509Certificate } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TiphysError } from '@tiphys/model';
import type { RenderRequest } from '@tiphys/ports';
import { createAuthority, type CertificateAuthority } from '@tiphys/testing/pki';
import { poll, privateFolder, type PrivateFolder } from '@tiphys/testing/processes';
import {
  createRepoServerClient,
  repoServerBinding,
  startInternalServer,
  type CallEvent,
  type InternalServer,
  type RepoServerBackend,
  type RepoServerClient,
} from './index.ts';

let folder: PrivateFolder;
let authority: CertificateAuthority;
const cleanups: (() => void | Promise<void>)[] = [];

beforeAll(async () => {
  folder = await privateFolder('grpc');
  authority = createAuthority('tiphys internal CA');
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

afterAll(() => folder.remove());

let serial = 0;
async function identity(service: string, signer = authority): Promise<string> {
  const directory = join(folder.path, `${service}-${(serial += 1)}`);
  await mkdir(directory);
  await writeIdentity(directory, service, signer);
  return directory;
}

async function writeIdentity(directory: string, service: string, signer = authority): Promise<string> {
  const hosts = [`${service}.tiphys.internal`, 'localhost'];
  const leaf = signer.issue({ commonName: service, hosts, usage: 'both' });
  await writeFile(join(directory, 'ca.crt'), signer.certPem);
  await writeFile(join(directory, 'tls.key'), leaf.keyPem);
  await writeFile(join(directory, 'tls.crt'), leaf.certPem);
  return new X509Certificate(leaf.certPem).fingerprint256;
}

const seen: RenderRequest[] = [];
const backend = (overrides: Partial<RepoServerBackend> = {}): RepoServerBackend => ({
  render: (request) => {
    seen.push(request);
    return Promise.resolve({
      objectsJson: Buffer.from('[{"kind":"ConfigMap","big":12345678901234567890}]'),
      contentHash: 'h',
      revision: 'r',
      sourceType: 'Directory',
      refRevisions: { values: 'v' },
    });
  },
  resolveRevision: ({ source }) => Promise.resolve(`resolved ${source.targetRevision ?? ''}`),
  revisionMetadata: () => Promise.resolve({ author: 'a', date: 'd', message: 'm', tags: ['t'] }),
  testRepository: () => Promise.resolve(),
  hasChanges: () => Promise.resolve(true),
  verifyRevision: ({ revision }) => Promise.resolve([`problem of ${revision}`]),
  artifactMetadata: ({ revision }) =>
    Promise.resolve({
      chart: { description: revision, home: '', maintainers: ['Ann'] },
      annotations: { created: 'now' },
    }),
  renderFiles: async ({ appName }, { checksum, chunks }) => {
    let size = 0;
    for await (const chunk of chunks) size += chunk.length;
    return {
      objectsJson: Buffer.from(JSON.stringify([{ appName, checksum, size }])),
      sourceType: 'Directory',
    };
  },
  listPlugins: () => Promise.resolve(['cue', 'cdk8s']),
  listRefs: ({ url }) => Promise.resolve({ branches: [url], tags: ['v1'] }),
  listCharts: ({ name }) => Promise.resolve([{ name: name ?? '', versions: ['2', '1'] }]),
  listApps: ({ revision }) => Promise.resolve({ [revision ?? '']: 'Helm' }),
  listDirectories: ({ revision }) => Promise.resolve(['a', `b/${revision ?? ''}`]),
  readFiles: ({ patterns, doublestar }) =>
    Promise.resolve(Object.fromEntries(patterns.map((pattern) => [pattern, String(doublestar)]))),
  appDetails: ({ appName, refSources }) =>
    Promise.resolve({
      sourceType: 'Helm',
      helm: { valueFiles: Object.keys(refSources), parameters: { [appName]: '1' }, values: 'a: 1\n' },
    }),
  ...overrides,
});

interface Pair {
  readonly client: RepoServerClient;
  readonly server: InternalServer;
  readonly events: CallEvent[];
}

async function pair(
  options: {
    backend?: RepoServerBackend;
    serverTls?: string;
    clientTls?: string;
    timeoutMs?: number;
    tlsIntervalMs?: number;
    port?: number;
  } = {},
): Promise<Pair> {
  const events: CallEvent[] = [];
  const interval = options.tlsIntervalMs === undefined ? {} : { tlsIntervalMs: options.tlsIntervalMs };
  const server = await startInternalServer({
    address: '127.0.0.1',
    port: options.port ?? 0,
    services: [repoServerBinding(options.backend ?? backend())],
    onCall: (event) => events.push(event),
    ...interval,
    ...(options.serverTls === undefined ? {} : { tlsDirectory: options.serverTls }),
  });
  cleanups.push(() => server.close(200));
  const client = await createRepoServerClient({
    address: `127.0.0.1:${server.port}`,
    timeoutMs: options.timeoutMs ?? 10_000,
    ...interval,
    ...(options.clientTls === undefined ? {} : { tlsDirectory: options.clientTls }),
  });
  cleanups.push(() => client.close());
  return { client, server, events };
}

const request = (rest: Partial<RenderRequest> = {}): RenderRequest => ({
  source: {
    repoURL: 'https://h/r',
    path: 'p',
    helm: { valuesObject: { n: 12345678901234567890n, t: 'ü' } },
  },
  repository: { url: 'https://h/r', type: 'git', username: 'u', password: 'p', insecure: true, depth: 3 },
  appName: 'a',
  appNamespace: 'argocd',
  project: 'default',
  destinationNamespace: 'd',
  destinationServer: 's',
  kubeVersion: '1.36.3',
  apiVersions: ['apps/v1'],
  refSources: {
    values: { source: { repoURL: 'x' }, repository: { url: 'x', type: 'git' }, revision: 'sha' },
  },
  helmRepositories: [
    { url: 'oci://c', type: 'oci', enableOci: true },
    { url: 'https://g', type: 'git', cloudLogin: { type: 'github-app', appId: '1', privateKey: 'PEM' } },
  ],
  options: { disabledTools: ['Helm'], kustomizeBuildOptions: '--x' },
  refreshRevision: true,
  noCache: false,
  ...rest,
});

const failure = (run: Promise<unknown>): Promise<TiphysError> =>
  run.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: TiphysError) => error,
  );

const render = {
  source: { repoURL: 'x', targetRevision: 'main' },
  repository: { url: 'x', type: 'git' },
} as const;

describe('a call', () => {
  it('carries requests and results whole', async () => {
    const { client } = await pair();
    const result = await client.render(request());
    expect(result).toEqual({
      objects: [{ kind: 'ConfigMap', big: 12345678901234567890n }],
      contentHash: 'h',
      revision: 'r',
      sourceType: 'Directory',
      refRevisions: { values: 'v' },
    });
    expect(seen.at(-1)).toEqual(request());
    expect(await client.resolveRevision(render)).toBe('resolved main');
    expect(await client.revisionMetadata({ ...render, revision: 'r' })).toEqual({
      author: 'a',
      date: 'd',
      message: 'm',
      tags: ['t'],
    });
    expect(await client.artifactMetadata({ ...render, revision: '1.2' })).toEqual({
      chart: { description: '1.2', home: '', maintainers: ['Ann'] },
      annotations: { created: 'now' },
    });
    const chunks = (async function* () {
      for (const size of [1, 300_000, 0]) yield await Promise.resolve(new Uint8Array(size));
    })();
    expect(await client.renderFiles(request(), { checksum: 'c', chunks })).toEqual({
      objects: [{ appName: 'a', checksum: 'c', size: 300_001 }],
      sourceType: 'Directory',
    });
    const { repository } = render;
    expect(await client.listPlugins()).toEqual(['cue', 'cdk8s']);
    expect(await client.listRefs(repository)).toEqual({ branches: ['x'], tags: ['v1'] });
    expect(await client.listCharts({ ...repository, name: 'n' })).toEqual([
      { name: 'n', versions: ['2', '1'] },
    ]);
    expect(await client.listApps({ ...render, revision: 'r' })).toEqual({ r: 'Helm' });
    const asked = { ...render, appName: 'a', refSources: { values: render }, options: {} };
    expect(await client.appDetails(asked)).toEqual({
      sourceType: 'Helm',
      helm: { valueFiles: ['values'], parameters: { a: '1' }, values: 'a: 1\n' },
    });
  });

  it('is made again when the server ends in the middle of it and comes back', async () => {
    let isStarted = false;
    const stuck: RepoServerBackend = {
      ...backend(),
      resolveRevision: () => {
        isStarted = true;
        return new Promise(() => undefined);
      },
    };
    const { client, server } = await pair({ backend: stuck });
    const answer = client.resolveRevision(render);
    await poll(() => isStarted, { what: 'the call has begun' });
    await server.close(0);
    const next = await startInternalServer({
      address: '127.0.0.1',
      port: server.port,
      services: [repoServerBinding(backend())],
    });
    cleanups.push(() => next.close(200));
    expect(await answer).toBe('resolved main');
  });

  it('fails with the reason when the server stays away, and then at once', async () => {
    const { client, server } = await pair({ timeoutMs: 1_000 });
    await server.close(0);
    expect(await failure(client.resolveRevision(render))).toMatchObject({ code: 'unavailable' });
    const before = performance.now();
    expect(await failure(client.resolveRevision(render))).toMatchObject({ code: 'unavailable' });
    expect(performance.now() - before).toBeLessThan(350);
  });

  it('sends the facts of a cluster once, and again to a server that has forgotten them', async () => {
    const first = await pair();
    const apiVersions = Array.from({ length: 500 }, (_, index) => `group-${index}/v1`);
    await first.client.render(request({ apiVersions }));
    await first.client.render(request({ apiVersions }));
    expect(seen.at(-1)?.apiVersions).toEqual(apiVersions);
    expect(first.events.map((event) => event.code)).toEqual(['OK', 'OK']);
    await first.server.close(200);
    const second = await startInternalServer({
      address: '127.0.0.1',
      port: first.server.port,
      services: [repoServerBinding(backend())],
      onCall: (event) => first.events.push(event),
    });
    cleanups.push(() => second.close(200));
    await poll(() => first.client.resolveRevision(render), { what: 'the client is connected again' });
    first.events.length = 0;
    await first.client.render(request({ apiVersions }));
    expect(first.events.map((event) => event.code)).toEqual(['FailedPrecondition', 'OK']);
    expect(seen.at(-1)?.apiVersions).toEqual(apiVersions);
  });

  it('hands errors over with code, message and retry time', async () => {
    const { client } = await pair({
      backend: backend({
        render: () => Promise.reject(new TiphysError('conflict', 'ü\n"two lines"', { retryAfterMs: 1500 })),
        resolveRevision: () => Promise.reject(new Error('postgres://me:secret@host')),
      }),
    });
    expect(await failure(client.render(request()))).toMatchObject({
      code: 'conflict',
      message: 'ü\n"two lines"',
      retryAfterMs: 1500,
    });
    const internal = await failure(client.resolveRevision(render));
    expect(internal).toMatchObject({ code: 'internal', message: 'internal error' });
  });

  it('ends at its deadline and tells the server', async () => {
    let aborted = false;
    const { client } = await pair({
      timeoutMs: 200,
      backend: backend({
        render: (_request, signal) =>
          new Promise((_resolve, reject) => {
            signal?.addEventListener('abort', () => {
              aborted = true;
              reject(new Error('aborted'));
            });
          }),
      }),
    });
    expect(await failure(client.render(request()))).toMatchObject({ code: 'deadline' });
    await poll(() => aborted, { what: 'the server heard of it' });
  });

  it('is canceled by its signal', async () => {
    const { client } = await pair({ backend: backend({ render: () => new Promise(() => undefined) }) });
    const abort = new AbortController();
    const run = failure(client.render(request(), abort.signal));
    abort.abort();
    expect(await run).toMatchObject({ code: 'canceled' });
  });

  it('moves 20 MB', async () => {
    const big = Buffer.from(JSON.stringify([{ data: 'x'.repeat(20_000_000) }]));
    const { client } = await pair({
      backend: backend({
        render: async (asked) => ({ ...(await backend().render(asked)), objectsJson: big }),
      }),
    });
    const [object] = (await client.render(request())).objects;
    expect((object?.['data'] as string).length).toBe(20_000_000);
  });

  it('to nobody is unavailable', async () => {
    const { client, server } = await pair({ timeoutMs: 1_000 });
    await server.close(100);
    expect((await failure(client.resolveRevision(render))).code).toMatch(/unavailable|deadline/);
  });
});

describe('identities', () => {
  it('let a known service call what it may', async () => {
    const { client, server } = await pair({
      serverTls: await identity('repo-server'),
      clientTls: await identity('application-controller'),
    });
    expect(server.isPlaintext).toBe(false);
    expect((await client.render(request())).revision).toBe('r');
  });

  it.each(['notifications', 'redis', 'repo-server'])('keep %s from rendering', async (service) => {
    const { client } = await pair({
      serverTls: await identity('repo-server'),
      clientTls: await identity(service),
    });
    const before = seen.length;
    expect(await failure(client.render(request()))).toMatchObject({
      code: 'permission-denied',
      message: expect.stringContaining(`service ${service} may not call`) as string,
    });
    expect(seen.length).toBe(before);
  });

  it('let notifications ask who made a revision', async () => {
    const { client } = await pair({
      serverTls: await identity('repo-server'),
      clientTls: await identity('notifications'),
    });
    expect((await client.revisionMetadata({ ...render, revision: 'r' })).author).toBe('a');
  });

  it('refuse a certificate that names two services, or none', async () => {
    const directory = await identity('application-controller');
    for (const hosts of [
      ['application-controller.tiphys.internal', 'api-server.tiphys.internal'],
      ['example.com'],
    ]) {
      const leaf = authority.issue({ commonName: 'application-controller', hosts, usage: 'both' });
      await writeFile(join(directory, 'tls.key'), leaf.keyPem);
      await writeFile(join(directory, 'tls.crt'), leaf.certPem);
      const { client } = await pair({ serverTls: await identity('repo-server'), clientTls: directory });
      expect(await failure(client.render(request()))).toMatchObject({ code: 'permission-denied' });
    }
  });

  it('refuse a stranger without our certificate before any call', async () => {
    const stranger = await identity('application-controller', createAuthority('someone else'));
    const { client } = await pair({
      serverTls: await identity('repo-server'),
      clientTls: stranger,
      timeoutMs: 1_500,
    });
    expect((await failure(client.render(request()))).code).toMatch(/unavailable|deadline/);
    const plain = await pair({ serverTls: await identity('repo-server'), timeoutMs: 1_500 });
    expect((await failure(plain.client.render(request()))).code).toMatch(/unavailable|deadline/);
  });

  it('do not let another service pose as the repo-server', async () => {
    const { client } = await pair({
      serverTls: await identity('notifications'),
      clientTls: await identity('application-controller'),
      timeoutMs: 1_500,
    });
    expect((await failure(client.render(request()))).code).toMatch(/unavailable|deadline/);
  });

  it('are renewed without a restart', async () => {
    const serverTls = await identity('repo-server');
    const clientTls = await identity('application-controller');
    const { client, server } = await pair({ serverTls, clientTls, tlsIntervalMs: 30 });
    await client.resolveRevision(render);
    authority = createAuthority('the next CA');
    const fingerprint = await writeIdentity(serverTls, 'repo-server');
    await writeIdentity(clientTls, 'application-controller');
    await poll(async () => (await fingerprintOf(server.port)) === fingerprint, {
      what: 'the server shows its new certificate',
    });
    await poll(() => client.resolveRevision(render), { what: 'the client uses its new certificate' });
  });

  it('are needed as soon as the server is not on loopback only', async () => {
    const start = startInternalServer({ address: '0.0.0.0', port: 0, services: [] });
    await expect(start).rejects.toMatchObject({ code: 'failed-precondition' });
    const client = createRepoServerClient({ address: 'repo.example.com:8081' });
    await expect(client).rejects.toMatchObject({ code: 'failed-precondition' });
  });
});

function fingerprintOf(port: number): Promise<string | false> {
  return new Promise((resolve) => {
    const socket = connect(
      { port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] },
      () => {
        resolve(socket.getPeerCertificate().fingerprint256);
        socket.destroy();
      },
    );
    socket.on('error', () => resolve(false));
  });
}
