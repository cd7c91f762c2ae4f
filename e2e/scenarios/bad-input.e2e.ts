import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ApplicationSource } from '@tiphys/model';
import {
  configMap,
  givenTiphys,
  placesThatTell,
  startBystander,
  type Bystander,
} from '@tiphys/testing/given';
import { startHelmRepo, type HelmRepo } from '@tiphys/testing/helm-repo';
import { webChart } from '../manifests/index.ts';

/** The password of every repository, which nothing may ever tell. */
const canary = 'canary-Hq7%2fTz+9';
const wrong = 'canary-wrong-Xp4=Lw';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;
let bystander: Bystander;
let charts: HelmRepo;

beforeAll(async () => {
  charts = await startHelmRepo();
  tiphys = await givenTiphys({
    git: { auth: { username: 'git', password: canary } },
    // Nobody looks by the clock while the scenarios run, so that every write has its reason.
    env: { ARGOCD_GIT_REQUEST_TIMEOUT: '4s', ARGOCD_RECONCILIATION_TIMEOUT: '30m' },
  });
  const login = { type: 'git', url: tiphys.git.baseUrl, username: 'git', password: canary };
  await tiphys.secret('logins', { 'argocd.argoproj.io/secret-type': 'repo-creds' }, login);
  bystander = await startBystander(tiphys);
});

afterEach(() => bystander.noticesNothing());

afterAll(async () => {
  await tiphys.close();
  await charts.close();
});

type Files = Parameters<typeof tiphys.git.commit>[1];

type Change = Partial<ApplicationSource> | undefined;

interface Sickness {
  readonly name: string;
  readonly given: string;
  /** What the message has to tell. */
  readonly says: readonly RegExp[];
  readonly files?: Readonly<Record<string, string>>;
  /** Makes it go wrong; what it returns is patched into the source. */
  readonly sicken: (name: string) => Change | Promise<Change>;
  /** Takes the cause away and brings the config map to 2. */
  readonly cure: (name: string) => unknown;
}

const sha = /[0-9a-f]{40}/;
const commit = (name: string, files: Files): Promise<string> => tiphys.git.commit(name, files, 'change');
const setFault = (name: string, fault: Parameters<typeof tiphys.git.fault>[1]): undefined =>
  void tiphys.git.fault(name, fault);
const good = (name: string, value = '2'): Files => ({ 'web/cm.yaml': configMap(name, value) });
const below = (folder: string, files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));
const chartOf = (value: string) => ({ 'values.yaml': `data: { v: '${value}' }\n` });
const chartFiles = (): Record<string, string> => below('web', { ...webChart(), ...chartOf('1') });

const sicknesses: readonly Sickness[] = [
  {
    name: 'repo-missing',
    given: 'a repository that does not exist',
    says: [/absent\.git/, /not found/],
    sicken: () => ({ repoURL: tiphys.git.url('absent') }),
    cure: (name) => tiphys.git.createRepo('absent', good(name)),
  },
  {
    name: 'repo-empty',
    given: 'an empty repository',
    says: [/blank\.git/, /empty/],
    sicken: async () => {
      await tiphys.git.createRepo('blank');
      return { repoURL: tiphys.git.url('blank') };
    },
    cure: (name) => commit('blank', good(name)),
  },
  {
    name: 'login-refused',
    given: 'a repository that refuses the login',
    says: [/login-refused\.git/, /login|credential|authenti/i],
    sicken: (name) => loginFor(name, wrong),
    cure: async (name) => {
      await commit(name, good(name));
      await loginFor(name, canary);
    },
  },
  {
    name: 'repo-hangs',
    given: 'a repository that hangs',
    says: [/repo-hangs\.git/, /4 ?s|4000|time|deadline/i],
    sicken: (name) => setFault(name, { kind: 'hang' }),
    cure: async (name) => {
      await commit(name, good(name));
      tiphys.git.fault(name, undefined);
    },
  },
  {
    name: 'repo-cut',
    given: 'a server that cuts the connection',
    says: [/repo-cut\.git/],
    sicken: async (name) => {
      setFault(name, { kind: 'cut', afterBytes: 60 });
      await commit(name, good(name));
      return undefined;
    },
    cure: (name) => setFault(name, undefined),
  },
  {
    name: 'branch-missing',
    given: 'a branch that is missing',
    says: [/'release'|"release"/, /branch-missing\.git/],
    sicken: () => ({ targetRevision: 'release' }),
    cure: async (name) => tiphys.git.branch(name, 'release', await commit(name, good(name))),
  },
  {
    name: 'path-missing',
    given: 'a path that is missing',
    says: [/web does not exist/, /path-missing\.git/, sha],
    sicken: async (name) => void (await commit(name, { 'web/cm.yaml': null, 'other/x.yaml': '' })),
    cure: (name) => commit(name, good(name)),
  },
  {
    name: 'path-outside',
    given: 'a path that leaves the repository',
    says: [/\.\.\/\.\.\/etc/],
    sicken: () => ({ path: '../../etc' }),
    cure: async (name) => {
      await commit(name, good(name));
      await tiphys.patch(name, { spec: { source: { path: 'web' } } });
    },
  },
  {
    name: 'chart-missing',
    given: 'a chart that is missing',
    says: [/"nowhere"/, /http:.*\/charts/],
    sicken: () => ({
      repoURL: charts.url,
      chart: 'nowhere',
      targetRevision: '1.0.0',
      path: null as never,
    }),
    cure: () =>
      charts.publish({ name: 'nowhere', version: '1.0.0', files: { ...webChart(), ...chartOf('2') } }),
  },
  {
    name: 'values-missing',
    given: 'a values file that is missing',
    says: [/prod\.yaml/, /web/, sha],
    files: chartFiles(),
    sicken: () => ({ helm: { valueFiles: ['prod.yaml'] } }),
    cure: (name) => commit(name, { 'web/prod.yaml': `data: { v: '2' }\n` }),
  },
  {
    name: 'yaml-broken',
    given: 'YAML that does not parse',
    says: [/cm\.yaml/, /line [34]/, sha],
    sicken: async (name) => void (await commit(name, { 'web/cm.yaml': 'kind: A\nmetadata:\n  - [\n' })),
    cure: (name) => commit(name, good(name)),
  },
  {
    name: 'yaml-bomb',
    given: 'YAML of aliases that grow without end',
    says: [/bomb\.yaml/, /alias/i],
    sicken: async (name) => void (await commit(name, { 'web/bomb.yaml': bomb() })),
    cure: (name) => commit(name, { 'web/bomb.yaml': null, ...good(name) }),
  },
  {
    name: 'kustomize-outside',
    given: 'a kustomization that reaches outside the repository',
    says: [/kustomization|web/, /outside|leaves|escape/i, /passwd/],
    sicken: async (name) =>
      void (await commit(name, {
        'web/kustomization.yaml': 'resources: [cm.yaml, ../../../../etc/passwd]\n',
      })),
    cure: (name) => commit(name, { 'web/kustomization.yaml': 'resources: [cm.yaml]\n', ...good(name) }),
  },
  {
    name: 'symlink-outside',
    given: 'a symlink that leaves the repository',
    says: [/link\.yaml/, /outside|leaves|escape/i],
    sicken: async (name) => void (await commit(name, { 'web/link.yaml': { symlink: '/etc/passwd' } })),
    cure: (name) => commit(name, { 'web/link.yaml': null, ...good(name) }),
  },
  {
    name: 'chart-fails',
    given: 'a chart that fails',
    says: [/say which colour/, /templates\/bad\.yaml/, sha],
    files: chartFiles(),
    sicken: async (name) =>
      void (await commit(name, { 'web/templates/bad.yaml': '{{ fail "say which colour" }}' })),
    cure: (name) => commit(name, { 'web/templates/bad.yaml': null, ...below('web', chartOf('2')) }),
  },
];

function bomb(): string {
  const levels = Array.from(
    { length: 9 },
    (_, level) => `  l${level + 1}: &l${level + 1} [${`*l${level},`.repeat(10)}]`,
  );
  return ['kind: ConfigMap', 'data:', '  l0: &l0 [x]', ...levels, ''].join('\n');
}

async function loginFor(name: string, password: string): Promise<undefined> {
  const login = { type: 'git', url: tiphys.git.url(name), username: 'git', password };
  await tiphys.secret(`login-${name}`, { 'argocd.argoproj.io/secret-type': 'repository' }, login);
  return undefined;
}

describe('a source that is bad', () => {
  it.concurrent.each(sicknesses)('Given $given, Then its Application says so and heals', async (sickness) => {
    const { name, files, says } = sickness;
    await tiphys.project(name, { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] });
    const repoURL = await tiphys.repository(name, files ?? { 'web/cm.yaml': configMap(name, '1') });
    await tiphys.deployed(name, { project: name, source: { repoURL, path: 'web', targetRevision: 'main' } });
    const [live] = (await tiphys.app(name))?.status?.resources ?? [];
    const before = await tiphys.data(name);

    const change = await sickness.sicken(name);
    if (change !== undefined) await tiphys.patch(name, { spec: { source: change } });
    await tiphys.refresh(name);
    const sick = await tiphys.hasCondition(name, 'ComparisonError', /./);
    const message = sick.status?.conditions?.map((one) => one.message).join('\n') ?? '';
    for (const part of says) expect(message).toMatch(part);
    expect(sick.status?.conditions).toHaveLength(1);
    expect(sick.status).toMatchObject({ sync: { status: 'Unknown' }, health: { status: 'Healthy' } });
    expect(sick.status?.resources).toEqual([{ ...live, status: 'Unknown' }]);
    await bystander.stillFollows();
    expect(await tiphys.data(name)).toEqual(before);

    await sickness.cure(name);
    await tiphys.becomesLive(name, { ...before, v: '2' }, undefined, 60_000);
    const healed = await tiphys.becomesSynced(name);
    expect(healed.status?.conditions).toBeUndefined();
  });
});

describe('what all of this tells', () => {
  it('Then no credential is anywhere', async () => {
    const everywhere = ['Application bystander-quiet', 'argocd-application-controller-0.log'];
    expect(await placesThatTell(tiphys, 'bystander-quiet')).toEqual(
      expect.arrayContaining([...everywhere, expect.stringContaining('app|resources-tree|')]),
    );
    expect(await placesThatTell(tiphys, canary)).toEqual([]);
    expect(await placesThatTell(tiphys, wrong)).toEqual([]);
  });
});
