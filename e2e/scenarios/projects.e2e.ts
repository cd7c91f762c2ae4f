import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labels, type Application } from '@tiphys/model';
import { startGitServer, type GitServer } from '@tiphys/testing/git-server';
import { configMap, givenTiphys, resultsOf, syncUntil } from '@tiphys/testing/given';

const login = { username: 'team', password: 'canary-team-password' };

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;
let locked: GitServer;

beforeAll(async () => {
  [tiphys, locked] = await Promise.all([givenTiphys(), startGitServer({ auth: login })]);
});

afterAll(async () => {
  await tiphys.close();
  await locked.close();
});

const here = 'https://kubernetes.default.svc';
const everywhere = [{ server: '*', namespace: '*' }];

/** A repository of that name with a config map of that name, as a source. */
async function sourceOf(name: string, files: Readonly<Record<string, string>> = {}) {
  const repoURL = await tiphys.repository(name, { 'cm.yaml': configMap(name, '1'), ...files });
  return { repoURL, path: '.', targetRevision: 'main' };
}

const refused = (name: string, message: RegExp): Promise<Application> =>
  tiphys.hasCondition(name, 'InvalidSpecError', message);

const fails = (name: string): Promise<Application> => syncUntil(tiphys, name, 'Failed');

const succeeds = (name: string): Promise<Application> => syncUntil(tiphys, name, 'Succeeded');

describe('source repositories', () => {
  const unread = (name: string): void =>
    expect(tiphys.git.requests.all().filter(({ repository }) => repository === name)).toEqual([]);

  it('Given a glob, When Applications name repositories, Then only those that it names are read', async () => {
    const sourceRepos = [`${tiphys.git.baseUrl}/team-*`];
    await tiphys.project('sources', { sourceRepos, destinations: everywhere });
    await tiphys.deployed('team-web', { project: 'sources', source: await sourceOf('team-web') });
    await tiphys.application('other', { project: 'sources', auto: true, source: await sourceOf('other') });
    await refused('other', /^application repo \S+other\.git is not permitted in project 'sources'$/u);
    unread('other');
  });

  it('Given an exception, When Applications name repositories, Then all but that one are read', async () => {
    const sourceRepos = ['*', `!${tiphys.git.baseUrl}/secret-*`];
    await tiphys.project('exceptions', { sourceRepos, destinations: everywhere });
    await tiphys.deployed('open', { project: 'exceptions', source: await sourceOf('open') });
    await tiphys.application('secret-web', {
      project: 'exceptions',
      auto: true,
      source: await sourceOf('secret-web'),
    });
    await refused('secret-web', /secret-web\.git is not permitted in project 'exceptions'$/u);
    unread('secret-web');
  });

  it('Given a permitted source, When a second one is not, Then the Application says so and nothing is read', async () => {
    const sources = [await sourceOf('team-first'), { ...(await sourceOf('foreign')), ref: 'values' }];
    await tiphys.application('mixed', { project: 'sources', auto: true, sources });
    await refused('mixed', /foreign\.git is not permitted in project 'sources'/u);
    unread('team-first');
    unread('foreign');
  });
});

describe('destinations', () => {
  it('Given namespaces with an exception, When Applications go there, Then only the exception is refused', async () => {
    const { target } = tiphys;
    await tiphys.project('places', {
      sourceRepos: ['*'],
      destinations: [
        { server: here, namespace: '*' },
        { server: '*', namespace: '!kube-*' },
      ],
    });
    await tiphys.deployed('placed', { project: 'places', source: await sourceOf('placed') });
    await tiphys.application('misplaced', {
      project: 'places',
      auto: true,
      source: await sourceOf('misplaced'),
      destination: { namespace: 'kube-public' },
    });
    await refused(
      'misplaced',
      /^application destination server '\S+' and namespace 'kube-public' do not match any of the allowed destinations in project 'places'$/u,
    );
    expect(await tiphys.data('misplaced', 'kube-public')).toBeUndefined();
    expect(await tiphys.data('placed', target)).toEqual({ v: '1' });
  });

  it('Given a permitted destination, When a manifest names another namespace (CVE-2022-24768), Then the sync fails before its first write', async () => {
    await tiphys.project('one-place', {
      sourceRepos: ['*'],
      destinations: [{ server: here, namespace: tiphys.target }],
    });
    const elsewhere = configMap('smuggled', '1').replace(
      'name: smuggled',
      'name: smuggled\n  namespace: default',
    );
    const source = await sourceOf('one-place', { 'elsewhere.yaml': elsewhere });
    await tiphys.application('one-place', { project: 'one-place', source });
    const app = await fails('one-place');
    expect(resultsOf(app)['ConfigMap/smuggled']).toBe(
      "SyncFailed: namespace default is not permitted in project 'one-place'",
    );
    expect(await tiphys.data('smuggled', 'default')).toBeUndefined();
    expect(await tiphys.data('one-place')).toBeUndefined();
  });

  it('Given a live Application, When its project takes the destination away, Then nothing is written or deleted any more', async () => {
    await tiphys.project('moving', { sourceRepos: ['*'], destinations: everywhere });
    await tiphys.deployed('moving', { project: 'moving', source: await sourceOf('moving') });
    await tiphys.project('moving', {
      sourceRepos: ['*'],
      destinations: [{ server: here, namespace: 'elsewhere' }],
    });
    await refused('moving', /do not match any of the allowed destinations in project 'moving'/u);
    await tiphys.git.commit('moving', { 'cm.yaml': configMap('moved', '2') }, 'rename');
    await tiphys.refresh('moving');
    await tiphys.eventually(
      'moving',
      'was looked at',
      ({ metadata }) => metadata.annotations?.['argocd.argoproj.io/refresh'] === undefined,
    );
    expect(await tiphys.data('moving')).toEqual({ v: '1' });
    expect(await tiphys.data('moved')).toBeUndefined();

    await tiphys.project('moving', { sourceRepos: ['*'], destinations: everywhere });
    await tiphys.becomesLive('moved', { v: '2' });
    await tiphys.becomesLive('moving', undefined);
  });
});

describe('kinds', () => {
  const clusterRole = (name: string): string =>
    `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: ${name} }\nrules: []\n`;
  const lists = (spec: object) =>
    tiphys.project('kinds', { sourceRepos: ['*'], destinations: everywhere, ...spec });

  it('Given no list, When an object of the whole cluster is in git, Then it is refused until its kind and name are allowed', async () => {
    await lists({});
    const source = await sourceOf('kinds', { 'role.yaml': clusterRole('kinds-reader') });
    await tiphys.application('kinds', { project: 'kinds', source });
    const app = await fails('kinds');
    const message = 'resource rbac.authorization.k8s.io:ClusterRole is not permitted in project kinds';
    expect(app.status?.operationState).toMatchObject({
      phase: 'Failed',
      message: expect.stringContaining(message),
    });
    expect(resultsOf(app)['ClusterRole/kinds-reader']).toBe(`SyncFailed: ${message}`);
    expect(await tiphys.data('kinds')).toBeUndefined();

    const group = 'rbac.authorization.k8s.io';
    await lists({ clusterResourceWhitelist: [{ group, kind: 'ClusterRole', name: 'kinds-*' }] });
    await succeeds('kinds');
    await tiphys.becomesSynced('kinds');

    await lists({
      clusterResourceWhitelist: [{ group: '*', kind: '*' }],
      clusterResourceBlacklist: [{ group, kind: 'ClusterRole', name: 'kinds-reader' }],
    });
    await fails('kinds');
  });

  it('Given lists for namespaces, When a kind is denied or not allowed, Then the sync fails with its name', async () => {
    await lists({ namespaceResourceBlacklist: [{ group: '', kind: 'ConfigMap' }] });
    await tiphys.application('listed', { project: 'kinds', source: await sourceOf('listed') });
    for (const spec of [
      { namespaceResourceBlacklist: [{ group: '', kind: 'ConfigMap' }] },
      { namespaceResourceWhitelist: [{ group: 'apps', kind: '*' }] },
    ]) {
      await lists(spec);
      const app = await fails('listed');
      expect(resultsOf(app)['ConfigMap/listed']).toBe(
        'SyncFailed: resource :ConfigMap is not permitted in project kinds',
      );
    }
    await lists({ namespaceResourceWhitelist: [{ group: '', kind: 'Config*' }] });
    await succeeds('listed');
    await tiphys.becomesLive('listed', { v: '1' });
  });
});

describe('a global project', () => {
  it('Given a selector, When a project gets its label, Then it inherits the rules, and loses them with it', async () => {
    await tiphys.project('everybody', { namespaceResourceBlacklist: [{ group: '', kind: 'ConfigMap' }] });
    await tiphys.setting('argocd-cm', {
      globalProjects:
        '- projectName: everybody\n  labelSelector:\n    matchExpressions:\n    - { key: tier, operator: In, values: [guarded] }\n',
    });
    await tiphys.project('heir', { sourceRepos: ['*'], destinations: everywhere });
    await tiphys.application('heir', { project: 'heir', source: await sourceOf('heir') });
    await label('heir', { tier: 'guarded' });
    const app = await fails('heir');
    expect(resultsOf(app)['ConfigMap/heir']).toContain(
      'resource :ConfigMap is not permitted in project heir',
    );

    await label('heir', { tier: null });
    await succeeds('heir');
    await tiphys.becomesLive('heir', { v: '1' });
  });

  const label = (name: string, marks: Readonly<Record<string, string | null>>): Promise<unknown> =>
    tiphys.kube.request(
      'PATCH',
      `/apis/argoproj.io/v1alpha1/namespaces/${tiphys.system.namespace}/appprojects/${name}`,
      { metadata: { labels: marks } },
      'application/merge-patch+json',
    );
});

describe('repositories and clusters of a project', () => {
  beforeAll(async () => {
    for (const name of ['owner', 'stranger'])
      await tiphys.project(name, { sourceRepos: ['*'], destinations: everywhere });
  });

  it('Given the login of one project, When another names the repository, Then it is not let in', async () => {
    await locked.createRepo('scoped', { 'cm.yaml': configMap('scoped', '1') });
    const source = { repoURL: locked.url('scoped'), path: '.', targetRevision: 'main' };
    await tiphys.secret(
      'scoped',
      { [labels.secretType]: 'repository' },
      { type: 'git', url: source.repoURL, project: 'owner', ...login },
    );
    await tiphys.deployed('scoped', { project: 'owner', source });
    await tiphys.application('borrowed', { project: 'stranger', auto: true, source });
    const app = await tiphys.hasCondition('borrowed', 'ComparisonError', /401|authenti|login/iu);
    expect(JSON.stringify(app)).not.toContain('canary');
  });

  it('Given a cluster of one project, When others name it, Then it is refused, and its owner may be held to it', async () => {
    const server = tiphys.kube.apiUrl.replace('127.0.0.1', 'localhost');
    const name = 'clusters-of-owner';
    await tiphys.kube.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name, namespace: tiphys.target }],
    } as never);
    const bearerToken = await tiphys.kube.createServiceAccountToken(tiphys.target, name);
    const tlsClientConfig = { caData: Buffer.from(tiphys.kube.caPem).toString('base64') };
    await tiphys.secret(
      name,
      { [labels.secretType]: 'cluster' },
      { name: 'owned', server, project: 'owner', config: JSON.stringify({ bearerToken, tlsClientConfig }) },
    );
    await tiphys.deployed('owned', {
      project: 'owner',
      source: await sourceOf('owned'),
      destination: { name: 'owned' },
    });
    await tiphys.application('trespasser', {
      project: 'stranger',
      auto: true,
      source: await sourceOf('trespasser'),
      destination: { name: 'owned' },
    });
    await refused('trespasser', /do not match any of the allowed destinations in project 'stranger'/u);

    const held = { sourceRepos: ['*'], destinations: everywhere, permitOnlyProjectScopedClusters: true };
    await tiphys.project('owner', held);
    await tiphys.application('at-home', { project: 'owner', auto: true, source: await sourceOf('at-home') });
    await refused('at-home', /do not match any of the allowed destinations in project 'owner'/u);
    await tiphys.git.commit('owned', { 'cm.yaml': configMap('owned', '2') }, 'two');
    await tiphys.refresh('owned');
    await tiphys.becomesLive('owned', { v: '2' });
  });
});
