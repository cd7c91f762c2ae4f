import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTarUnpacker } from '@tiphys/adapter-archive';
import { createHttpFetcher, type ClosableHttpFetcher } from '@tiphys/adapter-http';
import type { Repository } from '@tiphys/model';
import { artifactSourceContract } from '@tiphys/testing/contracts';
import { packFiles, startHelmRepo, type HelmRepo } from '@tiphys/testing/helm-repo';
import { HelmRepositorySource, type HelmRepository } from './source.ts';

let http: ClosableHttpFetcher;
let repo: HelmRepo;
let into: string;
let now = 0;
beforeAll(() => {
  http = createHttpFetcher();
});
beforeEach(async () => {
  repo = await startHelmRepo();
  into = await mkdtemp(join(tmpdir(), 'tiphys-charts-'));
});
afterEach(async () => {
  await repo.close();
  await rm(into, { recursive: true, force: true });
});
afterAll(() => http.close());

/** Takes the last of the versions that start with what the constraint starts with. */
const versions = {
  maxSatisfying: (constraint: string, all: readonly string[]): Promise<string | undefined> =>
    Promise.resolve(
      all
        .filter((one) => one.startsWith(constraint.replace(/[*x].*$/, '')))
        .sort()
        .at(-1),
    ),
};
const source = (limits: object = {}): HelmRepositorySource =>
  new HelmRepositorySource({
    http,
    unpacker: createTarUnpacker(),
    versions,
    clock: { now: () => now },
    timeoutMs: 5_000,
    ...limits,
  });
const at = (url: string, more: Partial<Repository> = {}): Repository => ({ url, type: 'helm', ...more });

describe('a Helm repository', () => {
  it('lists, resolves and unpacks charts', async () => {
    await repo.publish({ name: 'web', version: '1.0.0' });
    await repo.publish({ name: 'web', version: '1.2.0', files: { 'values.yaml': 'a: 1\n' } });
    await repo.publish({ name: 'db', version: '0.1.0' });
    const charts = source();
    const repository = at(repo.url);
    expect(await charts.charts(repository, 0)).toEqual(['web', 'db']);
    expect(await charts.versions(repository, 'web', 0)).toEqual(['1.0.0', '1.2.0']);
    expect(await charts.resolve(repository, 'web', '1.x')).toBe('1.2.0');
    expect(await charts.resolve(repository, 'web', '1.0.0')).toBe('1.0.0');
    const fetched = await charts.fetch(repository, 'web', '1.2.0', into);
    expect(fetched.revision).toBe('1.2.0');
    expect(await readFile(join(fetched.directory, 'values.yaml'), 'utf8')).toBe('a: 1\n');
  });

  it('downloads the index once for all who ask at the same time, and asks with its tag later', async () => {
    await repo.publish({ name: 'web', version: '1.0.0' });
    const charts = source();
    const repository = at(repo.url);
    now = 1_000;
    await Promise.all(Array.from({ length: 5 }, () => charts.versions(repository, 'web', 60_000)));
    now = 50_000;
    await charts.versions(repository, 'web', 60_000);
    now = 70_000;
    expect(await charts.versions(repository, 'web', 60_000)).toEqual(['1.0.0']);
    expect(repo.requests.map((request) => request.line)).toEqual([
      'GET /charts/index.yaml 200',
      'GET /charts/index.yaml 304',
    ]);
  });

  it('finds a version that was published after the index was read', async () => {
    await repo.publish({ name: 'web', version: '1.0.0' });
    const charts = source();
    await charts.versions(at(repo.url), 'web', 60_000);
    await repo.publish({ name: 'web', version: '2.0.0' });
    expect((await charts.fetch(at(repo.url), 'web', '2.0.0', into)).revision).toBe('2.0.0');
  });

  it('logs in, and never shows the login to another host', async () => {
    const other = await startHelmRepo();
    const guarded = await startHelmRepo({ username: 'bob', password: 'hunter2' });
    try {
      await other.publish({ name: 'far', version: '1.0.0' });
      await guarded.publish({ name: 'near', version: '1.0.0' });
      await guarded.publish({ name: 'far', version: '1.0.0', url: `${other.url}/far-1.0.0.tgz` });
      const repository: HelmRepository = at(guarded.url, { username: 'bob', password: 'hunter2' });
      await source().fetch(repository, 'near', '1.0.0', into);
      await source().fetch(repository, 'far', '1.0.0', into);
      expect(other.requests.map((request) => request.authorization)).toEqual([undefined]);
      await source().fetch({ ...repository, passCredentials: true }, 'far', '1.0.0', into);
      expect(other.requests.at(-1)?.authorization).toMatch(/^Basic /);
      const refused = source().versions(at(guarded.url, { username: 'bob', password: 'wrong' }), 'near', 0);
      await expect(refused).rejects.toMatchObject({
        code: 'unauthenticated',
        message: expect.stringMatching(/^cannot read the index of 127\.0\.0\.1:\d+: .*401/),
      });
      await expect(refused).rejects.not.toThrow(/wrong/);
    } finally {
      await other.close();
      await guarded.close();
    }
  });
});

describe('refused', () => {
  const attempt = (name = 'web', version = '1.0.0', limits: object = {}): Promise<unknown> =>
    source(limits).fetch(at(repo.url), name, version, into);

  it('a chart that is not there', async () => {
    await expect(attempt()).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/has no chart "web"/),
    });
  });

  it('a version that is not there', async () => {
    await repo.publish({ name: 'web', version: '2.0.0' });
    await expect(attempt()).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/has no version 1\.0\.0/),
    });
    await expect(source().resolve(at(repo.url), 'web', '1.x')).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/the chart web in .* has no version that satisfies "1\.x"/),
    });
  });

  it('a chart with another digest', async () => {
    await repo.publish({ name: 'web', version: '1.0.0', digest: '0'.repeat(64) });
    await expect(attempt()).rejects.toThrow(/web 1\.0\.0 does not have the digest that the index says/);
  });

  it('an index that is none', async () => {
    repo.serve('/charts/index.yaml', '<html>hello</html>');
    await expect(attempt()).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(/Helm index/),
    });
  });

  it('an index or a chart that is too large', async () => {
    await repo.publish({ name: 'web', version: '1.0.0' });
    await expect(attempt('web', '1.0.0', { maxIndexBytes: 10 })).rejects.toMatchObject({
      code: 'resource-exhausted',
    });
    await expect(attempt('web', '1.0.0', { maxChartBytes: 10 })).rejects.toMatchObject({
      code: 'resource-exhausted',
    });
  });

  it('a chart that unpacks into too much', async () => {
    await repo.publish({ name: 'web', version: '1.0.0', files: { bomb: '0'.repeat(5_000_000) } });
    await expect(attempt('web', '1.0.0', { maxUnpackedBytes: 1_000_000 })).rejects.toMatchObject({
      code: 'resource-exhausted',
      message: expect.stringMatching(/the chart web 1\.0\.0 holds more than 1000000 bytes/),
    });
  });

  it('an archive without a directory', async () => {
    await repo.publish({ name: 'web', version: '1.0.0', digest: '' });
    repo.serve('/charts/web-1.0.0.tgz', await packFiles({ 'a.txt': 'x', 'b.txt': 'y' }));
    await expect(attempt()).rejects.toThrow(/the chart web does not hold exactly one directory/);
  });

  it('a host that accepts and then says nothing', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${String((silent.address() as AddressInfo).port)}`;
    await expect(source({ timeoutMs: 200 }).versions(at(url), 'web', 0)).rejects.toMatchObject({
      code: 'deadline',
    });
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  });

  it('a host that is not there', async () => {
    const repository = at(repo.url);
    await repo.close();
    await expect(source().versions(repository, 'web', 0)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/cannot read the index of 127\.0\.0\.1:\d+: .*connection refused/),
    });
    repo = await startHelmRepo();
  });
});

artifactSourceContract('Helm repository', async () => {
  const own = createHttpFetcher();
  const login = { username: 'bob', password: 'hunter2' };
  const guarded = await startHelmRepo(login);
  return {
    source: new HelmRepositorySource({
      http: own,
      unpacker: createTarUnpacker(),
      versions,
      clock: { now: () => 0 },
    }),
    repository: { url: guarded.url, type: 'helm', ...login },
    publish: (name, version, note) => guarded.publish({ name, version, files: { 'note.txt': note } }),
    close: async () => {
      await own.close();
      await guarded.close();
    },
  };
});
