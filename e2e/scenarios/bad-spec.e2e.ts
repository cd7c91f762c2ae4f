import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { configMap, givenTiphys, startBystander, type Bystander } from '@tiphys/testing/given';
import { startTcpProxy, type TcpProxy } from '@tiphys/testing/tcp-proxy';
import { webChart } from '../manifests/index.ts';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;
let bystander: Bystander;
let link: TcpProxy;

beforeAll(async () => {
  tiphys = await givenTiphys({ env: { ARGOCD_RECONCILIATION_TIMEOUT: '30m' } });
  link = await startTcpProxy(Number(new URL(tiphys.kube.apiUrl).port));
  link.cut();
  bystander = await startBystander(tiphys);
});

afterEach(() => bystander.noticesNothing());

afterAll(async () => {
  await tiphys.close();
  await link.close();
});

const allowed = { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] };
const here = 'https://kubernetes.default.svc';
const narrow = (name: string, spec: object): Promise<unknown> =>
  tiphys.project(name, { ...allowed, ...spec });

/** This cluster under an address and a name of its own. */
const cluster = (name: string, server: string): Promise<void> => {
  const { caPem, certPem, keyPem } = tiphys.kube.connection;
  const base64 = (text: string | undefined): string => Buffer.from(text ?? '').toString('base64');
  const tlsClientConfig = { caData: base64(caPem), certData: base64(certPem), keyData: base64(keyPem) };
  const config = JSON.stringify({ tlsClientConfig });
  return tiphys.secret(
    `cluster-${name}`,
    { 'argocd.argoproj.io/secret-type': 'cluster' },
    { name, server, config },
  );
};

const crd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    names: { plural: 'widgets', kind: 'Widget' },
    scope: 'Namespaced',
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
};

interface Mistake {
  readonly name: string;
  readonly given: string;
  readonly condition: 'InvalidSpecError' | 'ComparisonError' | 'SyncError';
  readonly says: RegExp;
  /** What is patched into the spec. */
  readonly spec?: object;
  readonly make?: (name: string) => Promise<unknown>;
  readonly cure: (name: string) => unknown;
  /** Namespace where the object lives in the end. */
  readonly home?: string;
}

const restore = (name: string, spec: object) => tiphys.patch(name, { spec });

const mistakes: readonly Mistake[] = [
  {
    name: 'no-source',
    given: 'no source',
    condition: 'InvalidSpecError',
    says: /spec\.source\.repoURL and either spec\.source\.path or spec\.source\.chart are required/,
    spec: { source: null },
    cure: (name) =>
      restore(name, { source: { repoURL: tiphys.git.url(name), path: '.', targetRevision: 'main' } }),
  },
  {
    name: 'name-and-server',
    given: 'both a name and a server as destination',
    condition: 'InvalidSpecError',
    says: /both name and server.*in-cluster/,
    spec: { destination: { name: 'in-cluster' } },
    cure: (name) => restore(name, { destination: { name: null } }),
  },
  {
    name: 'project-missing',
    given: 'a project that does not exist',
    condition: 'InvalidSpecError',
    says: /project later which does not exist/,
    spec: { project: 'later' },
    cure: () => narrow('later', {}),
  },
  {
    name: 'cluster-missing',
    given: 'a destination cluster that is missing',
    condition: 'InvalidSpecError',
    says: /no clusters with this name: second/,
    spec: { destination: { server: null, name: 'second' } },
    cure: () => cluster('second', tiphys.kube.apiUrl),
  },
  {
    name: 'cluster-unreachable',
    given: 'a destination cluster that is unreachable',
    condition: 'ComparisonError',
    says: /Failed to load live state: failed to get cluster info for "https:\/\/127\.0\.0\.1:\d+"/,
    make: async (name) => {
      await cluster('third', `https://127.0.0.1:${link.port}`);
      await tiphys.patch(name, { spec: { destination: { server: `https://127.0.0.1:${link.port}` } } });
    },
    cure: () => link.heal(),
  },
  {
    name: 'source-denied',
    given: 'a source that the project does not allow',
    condition: 'InvalidSpecError',
    says: /source-denied\.git is not permitted in project 'source-denied'/,
    make: (name) => narrow(name, { sourceRepos: ['https://example.com/*'] }),
    cure: (name) => narrow(name, {}),
  },
  {
    name: 'destination-denied',
    given: 'a destination that the project does not allow',
    condition: 'InvalidSpecError',
    says: /namespace 'target-\w+' do not match any of the allowed destinations in project 'destination-denied'/,
    make: (name) => narrow(name, { destinations: [{ server: here, namespace: 'elsewhere' }] }),
    cure: (name) => narrow(name, {}),
  },
  {
    name: 'kind-denied',
    given: 'a kind that the project does not allow',
    condition: 'SyncError',
    says: /resource :ConfigMap is not permitted in project kind-denied/,
    make: async (name) => {
      await narrow(name, { namespaceResourceBlacklist: [{ group: '', kind: 'ConfigMap' }] });
      await tiphys.git.commit(name, { 'cm.yaml': configMap(name, 'denied') }, 'change');
      await tiphys.refresh(name);
    },
    cure: async (name) => {
      await tiphys.git.commit(name, { 'cm.yaml': configMap(name, '1') }, 'back');
      await narrow(name, {});
      await tiphys.refresh(name);
    },
  },
  {
    name: 'namespace-missing',
    given: 'a destination namespace that is missing',
    condition: 'SyncError',
    says: /namespaces "not-there-yet" not found/,
    spec: { destination: { namespace: 'not-there-yet' } },
    cure: async () => {
      await tiphys.kube.request('POST', '/api/v1/namespaces', { metadata: { name: 'not-there-yet' } });
    },
    home: 'not-there-yet',
  },
  {
    name: 'kind-unknown',
    given: 'an object whose kind the cluster does not know',
    condition: 'SyncError',
    says: /example\.com\/v1.*could not find the requested resource/,
    make: async (name) => {
      const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name } };
      await tiphys.git.commit(name, { 'widget.json': JSON.stringify(widget) }, 'change');
      await tiphys.refresh(name);
    },
    cure: () => tiphys.kube.applyAll([crd]),
  },
];

describe('a spec that cannot work', () => {
  it.concurrent.each(mistakes)('Given $given, Then its Application says so and heals', async (mistake) => {
    const { name, spec } = mistake;
    await narrow(name, {});
    const repoURL = await tiphys.repository(name, { 'cm.yaml': configMap(name, '1') });
    await tiphys.deployed(name, {
      project: name,
      source: { repoURL, path: '.', targetRevision: 'main' },
      syncPolicy: {
        automated: { prune: true, selfHeal: true },
        retry: { limit: 2, backoff: { duration: '1s', factor: 1 } },
      },
    });
    if (spec !== undefined) await restore(name, spec);
    await mistake.make?.(name);
    const sick = await tiphys.hasCondition(name, mistake.condition, mistake.says);
    expect(sick.status?.sync?.status).not.toBe('Synced');
    expect(sick.status?.resources?.map((one) => one.name)).toContain(name);
    expect(sick.status?.history).toHaveLength(1);
    await bystander.stillFollows();
    expect(await tiphys.data(name)).toEqual({ v: '1' });

    await mistake.cure(name);
    const healed = await tiphys.becomesSynced(name, 60_000);
    expect(healed.status?.conditions).toBeUndefined();
    expect(await tiphys.data(name, mistake.home)).toEqual({ v: '1' });
  });
});

/** Texts that the schema lets through. Each is patched into an Application that works. */
const poisons: readonly { name: string; patch: object; type: string; says: RegExp }[] = [
  {
    name: 'values-bomb',
    patch: { spec: { source: { path: 'web', helm: { values: bomb() } } } },
    type: 'ComparisonError',
    says: /alias/,
  },
  {
    name: 'revision-option',
    patch: { spec: { source: { targetRevision: '--upload-pack=touch /tmp/tiphys-poison' } } },
    type: 'ComparisonError',
    says: /--upload-pack/,
  },
  {
    name: 'url-helper',
    patch: { spec: { source: { repoURL: 'ext::sh -c touch% /tmp/tiphys-poison' } } },
    type: 'ComparisonError',
    says: /the repository URL is not usable/,
  },
  {
    name: 'jq-broken',
    patch: { spec: { ignoreDifferences: [{ kind: '[', jqPathExpressions: ['.[('] }] } },
    type: '',
    says: /./,
  },
  {
    name: 'namespace-broken',
    patch: { spec: { destination: { namespace: 'Not Valid/../x' } } },
    type: 'SyncError',
    says: /Not Valid\/\.\.\/x/,
  },
  {
    name: 'phase-unknown',
    patch: {
      status: { operationState: { phase: 'Banana', startedAt: '2026-01-01T00:00:00Z', operation: {} } },
    },
    type: '',
    says: /./,
  },
  {
    name: 'retry-unreadable',
    patch: { spec: { syncPolicy: { retry: { backoff: { duration: 'soon' } } }, revisionHistoryLimit: -5 } },
    type: '',
    says: /./,
  },
];

function bomb(): string {
  const next = (level: number): string => `l${level + 1}: &l${level + 1} [${`*l${level},`.repeat(10)}]`;
  return ['l0: &l0 [x]', ...Array.from({ length: 9 }, (_, level) => next(level)), ''].join('\n');
}

describe('a spec that nobody could mean', () => {
  it('Given poison in many, Then each says so, the controller lives and restarts, and all heal', async () => {
    const chart = Object.entries(webChart()).map(([path, text]): [string, string] => [`web/${path}`, text]);
    const own = poisons.map(({ name }): [string, string] => [`${name}/cm.yaml`, configMap(name, '1')]);
    const repoURL = await tiphys.repository('poison', Object.fromEntries([...chart, ...own]));
    const specOf = (name: string) => ({
      project: 'poison',
      source: { repoURL, path: name, targetRevision: 'main' },
      destination: { namespace: tiphys.target },
      syncPolicy: {
        automated: { selfHeal: true },
        retry: { limit: 1, backoff: { duration: '1s', factor: 1 } },
      },
    });
    await narrow('poison', {});
    await Promise.all(poisons.map(({ name }) => tiphys.deployed(name, specOf(name))));

    await Promise.all(poisons.map(({ name, patch }) => tiphys.patch(name, patch)));
    const speaking = poisons.filter(({ type }) => type !== '');
    const said = () =>
      Promise.all(speaking.map(({ name, type, says }) => tiphys.hasCondition(name, type, says)));
    await said();
    tiphys.system.runner.kill('argocd-application-controller');
    await bystander.stillFollows(30_000);
    await said();
    expect(existsSync('/tmp/tiphys-poison')).toBe(false);
    for (const { name } of poisons) expect(await tiphys.data(name)).toEqual({ v: '1' });

    const cure = (name: string) => ({
      ...specOf(name),
      source: { ...specOf(name).source, helm: null },
      ignoreDifferences: null,
    });
    await Promise.all(poisons.map(({ name }) => tiphys.patch(name, { spec: cure(name) })));
    const healed = await Promise.all(poisons.map(({ name }) => tiphys.becomesSynced(name)));
    for (const app of healed) expect(app.status?.conditions?.filter(isError) ?? []).toEqual([]);
  });
});

const isError = ({ type }: { type: string }): boolean => type.endsWith('Error');
