import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTarUnpacker } from '@tiphys/adapter-archive';
import { createHttpFetcher, type ClosableHttpFetcher } from '@tiphys/adapter-http';
import type { Repository } from '@tiphys/model';
import { artifactSourceContract } from '@tiphys/testing/contracts';
import { packChart, packFiles } from '@tiphys/testing/helm-repo';
import { startOciRegistry, type OciRegistry } from '@tiphys/testing/oci-registry';
import { resolveTool } from '@tiphys/toolchain';
import { HELM_LAYER } from './media-types.ts';
import { OciSource, type OciSourceOptions } from './source.ts';

let http: ClosableHttpFetcher;
let registry: OciRegistry;
let into: string;
beforeAll(async () => {
  http = createHttpFetcher();
  registry = await startOciRegistry();
});
beforeEach(async () => {
  into = await mkdtemp(join(tmpdir(), 'tiphys-oci-'));
});
afterEach(() => rm(into, { recursive: true, force: true }));
afterAll(async () => {
  await http.close();
  await registry.stop();
});

/** Takes the last of the versions that start with what the constraint starts with. */
const versions = {
  maxSatisfying: (constraint: string, all: readonly string[]): Promise<string | undefined> =>
    Promise.resolve(
      all
        .filter((one) => one.startsWith(constraint.replace(/[*x^].*$/, '')))
        .sort()
        .at(-1),
    ),
};
const source = (more: Partial<OciSourceOptions> = {}): OciSource =>
  new OciSource({
    http,
    unpacker: createTarUnpacker(),
    versions,
    clock: { now: () => 0 },
    timeoutMs: 5_000,
    ...more,
  });
const at = (path: string, more: Partial<Repository> = {}): Repository => ({
  url: `oci://${registry.host}/${path}`,
  type: 'oci',
  insecureOciForceHttp: true,
  ...more,
});
const TAR = 'application/vnd.oci.image.layer.v1.tar+gzip';
const layer = async (
  files: Record<string, string>,
  mediaType = TAR,
): Promise<{ mediaType: string; data: Buffer }> => ({
  mediaType,
  data: await packFiles(files),
});

describe('a chart in a registry', () => {
  it('that helm pushed is listed, resolved and unpacked', async () => {
    const helm = await resolveTool('helm');
    for (const version of ['1.0.0', '1.2.0+build.1']) {
      const file = join(into, `web-${version}.tgz`);
      await writeFile(file, await packChart('web', version, { 'values.yaml': `v: ${version}\n` }));
      execFileSync(helm, ['push', file, `oci://${registry.host}/charts`, '--plain-http'], {
        env: { HOME: into },
        stdio: 'ignore',
      });
    }
    const charts = source();
    for (const repository of [
      at('charts'),
      at('charts', { url: `${registry.host}/charts`, type: 'helm', enableOci: true }),
    ]) {
      expect(await charts.versions(repository, 'web', 0)).toEqual(['1.0.0', '1.2.0+build.1']);
      expect(await charts.resolve(repository, 'web', '1.2.0+build.1')).toBe('1.2.0+build.1');
      expect(await charts.resolve(repository, 'web', '1.x')).toBe('1.2.0+build.1');
      const fetched = await charts.fetch(repository, 'web', '1.2.0+build.1', into);
      expect(fetched.revision).toBe('1.2.0+build.1');
      expect(await readFile(join(fetched.directory, 'values.yaml'), 'utf8')).toBe('v: 1.2.0+build.1\n');
    }
  });

  it('lies at the top of its artifact when the repository is the chart', async () => {
    const data = await packChart('solo', '1.0.0', {});
    const digest = await registry.push({
      name: 'solo',
      tag: '1.0.0',
      layers: [{ mediaType: HELM_LAYER, data }],
    });
    const fetched = await source().fetch(at('solo'), '', digest, into);
    expect(fetched.revision).toBe(digest);
    expect(await readFile(join(fetched.directory, 'Chart.yaml'), 'utf8')).toContain('name: solo');
  });
});

describe('an artifact in a registry', () => {
  it('is resolved by tag, digest and constraint, and unpacked', async () => {
    const annotations = { 'org.opencontainers.image.authors': 'someone' };
    const name = 'team/app';
    await registry.push({ name, tag: '1.0.0', layers: [await layer({ 'a.yaml': 'one' })] });
    const digest = await registry.push({
      name,
      tag: '1.1.0',
      layers: [await layer({ 'a.yaml': 'two' })],
      annotations,
    });
    const latest = await registry.push({ name, tag: 'latest', layers: [await layer({ 'a.yaml': 'new' })] });
    const artifacts = source();
    const repository = at(name);
    expect(await artifacts.resolve(repository, '', '1.1.0')).toBe(digest);
    expect(await artifacts.resolve(repository, '', '1.*')).toBe(digest);
    expect(await artifacts.resolve(repository, '', digest)).toBe(digest);
    expect(await artifacts.resolve(repository, '', '')).toBe(latest);
    expect(await artifacts.describe(repository, '', '1.1.0')).toEqual({ digest, annotations });
    const fetched = await artifacts.fetch(repository, '', digest, into);
    expect(await readFile(join(fetched.directory, 'a.yaml'), 'utf8')).toBe('two');
  });

  it('has more tags than one page holds', async () => {
    const pages = await front((url) => {
      const last = url.searchParams.get('last');
      if (last === 'b') return { body: { tags: ['c'] } };
      return { body: { tags: ['a', 'b'] }, headers: { link: '</v2/x/tags/list?last=b&n=2>; rel="next"' } };
    });
    try {
      expect(await source().versions(at('x', { url: `oci://${pages.host}/x` }), '', 0)).toEqual([
        'a',
        'b',
        'c',
      ]);
    } finally {
      await pages.close();
    }
  });
});

interface Front {
  readonly host: string;
  readonly logins: (string | undefined)[];
  close(): Promise<void>;
}

interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** A small server that answers in the registry's place. */
async function front(answer: (url: URL, login: string | undefined, host: string) => Answer): Promise<Front> {
  const logins: (string | undefined)[] = [];
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? ''}`);
    logins.push(request.headers.authorization);
    const { status = 200, body = {}, headers = {} } = answer(url, request.headers.authorization, url.host);
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    logins,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('logins', () => {
  it('by user and password, where the registry asks', async () => {
    const guarded = await startOciRegistry({ username: 'bob', password: 'hunter2' });
    try {
      await guarded.push({ name: 'x', tag: '1', layers: [await layer({ a: 'a' })] });
      const repository = at('x', { url: `oci://${guarded.host}/x`, username: 'bob', password: 'hunter2' });
      expect(await source().versions(repository, '', 0)).toEqual(['1']);
      await source().ping(repository);
      for (const wrong of [{ ...repository, password: 'wrong-one' }, at('x', { url: repository.url })]) {
        const refused = source().versions(wrong, '', 0);
        await expect(refused).rejects.toMatchObject({
          code: 'unauthenticated',
          message: expect.stringMatching(/cannot read the tags of .*\/x: .*401: check user and password/),
        });
        await expect(refused).rejects.not.toThrow(/wrong-one/);
      }
    } finally {
      await guarded.stop();
    }
  });

  it('by a token of the service that the registry names, kept until it ends', async () => {
    let tokens = 0;
    const service = await front((url, login, host) => {
      if (url.pathname === '/token') {
        tokens += 1;
        const scope = url.searchParams.get('scope');
        if (login === undefined || scope !== 'repository:x:pull') return { status: 401 };
        return { body: { token: 'the-token', expires_in: 300 } };
      }
      if (login === 'Bearer the-token') return { body: { tags: ['1'] } };
      const challenge = `Bearer realm="http://${host}/token",service="reg",scope="repository:x:pull"`;
      return { status: 401, headers: { 'www-authenticate': challenge } };
    });
    try {
      const registrySource = source();
      const repository = at('x', { url: `oci://${service.host}/x`, username: 'bob', password: 'pw' });
      expect(await registrySource.versions(repository, '', 0)).toEqual(['1']);
      expect(await registrySource.versions(repository, '', 0)).toEqual(['1']);
      expect(tokens).toBe(1);
      await expect(
        source().versions({ ...repository, username: '', password: '' }, '', 0),
      ).rejects.toMatchObject({
        code: 'unauthenticated',
      });
    } finally {
      await service.close();
    }
  });

  it('never go to a token service in the open', async () => {
    const thief = await front(() => ({ body: { token: 'x' } }));
    const asks = await front(() => ({
      status: 401,
      headers: { 'www-authenticate': `Bearer realm="http://localhost:${thief.host.split(':')[1] ?? ''}/t"` },
    }));
    try {
      const repository = at('x', { url: `oci://${asks.host}/x`, username: 'bob', password: 'pw' });
      await expect(source().versions(repository, '', 0)).rejects.toThrow(
        /names no token service that can be trusted/,
      );
      expect(thief.logins).toEqual([]);
    } finally {
      await asks.close();
      await thief.close();
    }
  });
});

describe('refused', () => {
  it.each<[string, string, string, string, string, RegExp]>([
    ['a repository that is not there', 'gone', '', '1.0.0', 'not-found', /gone/],
    ['a chart that is not there', 'charts', 'nobody', '1.0.0', 'not-found', /charts\/nobody/],
    ['a name that climbs', 'x', '../../y', '1', 'invalid', /is not a name of a repository/],
    ['a revision that is none', 'x', '', '../../blobs', 'invalid', /is neither a tag nor a digest/],
  ])('%s', async (...[, path, name, revision, code, message]) => {
    await expect(source().fetch(at(path), name, revision, into)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it.each<
    [string, () => Promise<{ mediaType: string; data: Buffer }[]>, Partial<OciSourceOptions>, string, RegExp]
  >([
    [
      'two layers',
      async () => [await layer({ a: '1' }), await layer({ b: '1' })],
      {},
      'failed-precondition',
      /must have exactly one layer, it has 2/,
    ],
    [
      'a type that is not allowed',
      async () => [await layer({ a: '1' }, 'text/plain')],
      {},
      'failed-precondition',
      /has a layer of the type text\/plain; allowed are/,
    ],
    [
      'a layer too large',
      async () => [await layer({ a: '1' })],
      { maxLayerBytes: 10 },
      'resource-exhausted',
      /larger than 10 bytes/,
    ],
    [
      'a bomb',
      async () => [await layer({ a: '0'.repeat(5_000_000) })],
      { maxUnpackedBytes: 1_000 },
      'resource-exhausted',
      /more than 1000 bytes/,
    ],
    [
      'an archive that climbs',
      async () => [await layer({ '../a': '1' })],
      {},
      'invalid',
      /leads out of the archive/,
    ],
    [
      'no archive',
      () => Promise.resolve([{ mediaType: TAR, data: Buffer.from('hello') }]),
      {},
      'invalid',
      /bad\/\d+/,
    ],
  ])('%s', async (...[name, layers, options, code, message]) => {
    const path = `bad/${String(name.length)}`;
    await registry.push({ name: path, tag: '1', layers: await layers() });
    await expect(source(options).fetch(at(path), '', '1', into)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it('a tag that does not exist', async () => {
    await registry.push({ name: 'tagged', tag: '1.0.0', layers: [await layer({ a: '1' })] });
    await expect(source().resolve(at('tagged'), '', 'stable')).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/tagged has no tag "stable"/),
    });
  });

  it('https to a registry that speaks http', async () => {
    await expect(source().ping({ url: `oci://${registry.host}/x`, type: 'oci' })).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('a blob that is not what its digest says', async () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const liar = await front((url) =>
      url.pathname.includes('/blobs/')
        ? { body: 'x' }
        : { body: { layers: [{ mediaType: TAR, digest, size: 1 }] } },
    );
    try {
      const repository = at('x', { url: `oci://${liar.host}/x` });
      await expect(source().fetch(repository, '', '1', into)).rejects.toThrow(
        /answered with something else than sha256:0/,
      );
      await expect(source().fetch(repository, '', digest, into)).rejects.toThrow(
        /answered with something else/,
      );
    } finally {
      await liar.close();
    }
  });
});

artifactSourceContract('OCI registry', async () => {
  const own = createHttpFetcher();
  const login = { username: 'bob', password: 'hunter2' };
  const guarded = await startOciRegistry(login);
  return {
    source: new OciSource({ http: own, unpacker: createTarUnpacker(), versions, clock: { now: () => 0 } }),
    repository: { url: `oci://${guarded.host}/charts`, type: 'oci', insecureOciForceHttp: true, ...login },
    publish: async (name, version, note) => {
      const data = await packChart(name, version, { 'note.txt': note });
      const tag = version.replaceAll('+', '_');
      await guarded.push({ name: `charts/${name}`, tag, layers: [{ mediaType: HELM_LAYER, data }] });
    },
    close: async () => {
      await own.close();
      await guarded.stop();
    },
  };
});
