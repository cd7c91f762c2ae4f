import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RenderSource } from '@tiphys/ports';
import { startGitServer, type GitServer } from '@tiphys/testing/git-server';
import { packChart, startHelmRepo, type HelmRepo } from '@tiphys/testing/helm-repo';
import { startOciRegistry, type OciRegistry } from '@tiphys/testing/oci-registry';
import { privateFolder, type PrivateFolder } from '@tiphys/testing/processes';
import { createSigner, type Signer, type SigningKey } from '@tiphys/testing/signing';
import { ensureGoWasm } from '@tiphys/wasm-tools';
import { startRepoServer, type RunningRepoServer } from '../testing/running.ts';

const CHART_YAML = [
  'apiVersion: v2',
  'name: web',
  'version: 0.1.0',
  'description: Serves pages',
  'home: https://web.example.com',
  'maintainers:',
  '  - { name: Ann, email: ann@example.com, url: "https://ann.example.com" }',
  '  - { name: Team }',
  '',
].join('\n');
const HELM_LAYER = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';

let folder: PrivateFolder;
let git: GitServer;
let charts: HelmRepo;
let registry: OciRegistry;
let ann: Signer;
let key: SigningKey;
let server: RunningRepoServer;
let first: string;
let signed: string;

beforeAll(async () => {
  folder = await privateFolder('metadata');
  const repositories = join(folder.path, 'repositories');
  const keys = join(folder.path, 'keys');
  await mkdir(keys);
  [git, charts, registry, ann] = await Promise.all([
    startGitServer({ directory: repositories }),
    startHelmRepo(),
    startOciRegistry(),
    createSigner(),
  ]);
  key = await ann.newKey('Ann');
  await writeFile(join(keys, key.id), await ann.publicKey(key));
  first = await git.createRepo('apps', { 'web/a.yaml': 'a: 1\n' });
  await git.tag('apps', 'v1.0.0', first);
  await git.tag('apps', 'stable', first, 'good');
  signed = await ann.commit({ repository: join(repositories, 'apps.git'), key, message: 'signed' });
  server = await startRepoServer([`--go-wasm=${await ensureGoWasm()}`, `--gpg-data-path=${keys}`]);
});

afterAll(async () => {
  await server.close();
  await Promise.all([git.close(), charts.close(), registry.stop(), ann.close()]);
  await folder.remove();
});

const asked = (revision: string, more: Partial<RenderSource> = {}): RenderSource & { revision: string } => ({
  source: { repoURL: git.url('apps'), path: 'web' },
  repository: { url: git.url('apps'), type: 'git' },
  ...more,
  revision,
});

describe('what is told of a revision of git', () => {
  it('is its author, date, message and tags', async () => {
    const metadata = await server.client.revisionMetadata(asked(first));
    expect(metadata).toEqual({
      author: expect.stringMatching(/^.+ <.+@.+>$/) as unknown,
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as unknown,
      message: expect.any(String) as unknown,
      tags: ['stable', 'v1.0.0'],
    });
  });

  it('is how it is signed where the project asks for signatures', async () => {
    const signature = { depth: 'head', keys: [key.id] } as const;
    expect((await server.client.revisionMetadata(asked(signed, { signature }))).signature).toEqual({
      info: `Good signature from key ${key.id}`,
      problems: [],
    });
    const unsigned = (await server.client.revisionMetadata(asked(first, { signature }))).signature;
    expect(unsigned?.info).toBe('Unsigned');
    expect(unsigned?.problems).toEqual([expect.stringContaining(`${first} by`)]);
  });

  it.each(['main', 'v1.0.0', '0.1.0', 'HEAD', 'abcdef0', '--output=/etc/x'])(
    'is nothing for %s, which may stand for something else tomorrow',
    async (revision) => {
      await expect(server.client.revisionMetadata(asked(revision))).rejects.toMatchObject({
        message: `revision ${revision} must be resolved`,
      });
    },
  );

  it('is nothing for a commit that is not there', async () => {
    await expect(server.client.revisionMetadata(asked('f'.repeat(40)))).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('what is told of a chart', () => {
  const chart = { description: 'Serves pages', home: 'https://web.example.com' };
  const maintainers = ['Ann <ann@example.com>', 'Team'];

  it('is what its makers wrote, in an index', async () => {
    await charts.publish({ name: 'web', version: '0.1.0', files: { 'Chart.yaml': CHART_YAML } });
    const source = { repoURL: charts.url, chart: 'web' };
    const repository = { url: charts.url, type: 'helm' } as const;
    expect(await server.client.artifactMetadata(asked('0.1.0', { source, repository }))).toEqual({
      chart: { ...chart, maintainers },
      annotations: {},
    });
    await expect(
      server.client.artifactMetadata(asked('9.9.9', { source, repository })),
    ).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is what its makers wrote, in a registry, and what the registry says', async () => {
    const data = await packChart('web', '0.1.0', { 'Chart.yaml': CHART_YAML });
    const annotations = { 'org.opencontainers.image.created': '2026-01-02T03:04:05Z' };
    const digest = await registry.push({
      name: 'charts/web',
      tag: '0.1.0',
      layers: [{ mediaType: HELM_LAYER, data }],
      annotations,
    });
    const registryOf = (url: string): RenderSource['repository'] => ({
      url,
      type: 'oci',
      insecureOciForceHttp: true,
    });
    const url = `oci://${registry.host}/charts`;
    const named = { source: { repoURL: url, chart: 'web' }, repository: registryOf(url) };
    expect(await server.client.artifactMetadata(asked('0.1.0', named))).toEqual({
      chart: { ...chart, maintainers },
      annotations,
    });
    const whole = { source: { repoURL: `${url}/web`, path: '.' }, repository: registryOf(`${url}/web`) };
    expect(await server.client.artifactMetadata(asked(digest, whole))).toEqual({ annotations });
    expect(await server.client.artifactMetadata(asked('0.1.0', whole))).toEqual({ annotations });
  });

  it('is nothing in git', async () => {
    await expect(server.client.artifactMetadata(asked(first))).rejects.toMatchObject({
      code: 'failed-precondition',
    });
  });
});
