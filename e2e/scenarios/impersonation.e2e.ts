import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Application } from '@tiphys/model';
import { configMap, givenTiphys, resultsOf, syncUntil } from '@tiphys/testing/given';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;

/** The control plane itself may write nothing but its own objects: whatever is written was written by somebody else. */
beforeAll(async () => {
  tiphys = await givenTiphys({
    values: {
      controller: { clusterAdmin: false },
      config: { cm: { 'application.sync.impersonation.enabled': 'true' } },
    },
  });
});

afterAll(() => tiphys.close());

const here = 'https://kubernetes.default.svc';
const everywhere = [{ server: '*', namespace: '*' }];

/** A repository of that name with a config map of that name, as a source. */
async function sourceOf(name: string, files: Readonly<Record<string, string>> = {}) {
  const repoURL = await tiphys.repository(name, { 'cm.yaml': configMap(name, '1'), ...files });
  return { repoURL, path: '.', targetRevision: 'main' };
}

const fails = (name: string): Promise<Application> => syncUntil(tiphys, name, 'Failed');

const succeeds = (name: string): Promise<Application> => syncUntil(tiphys, name, 'Succeeded');

describe('impersonation', () => {
  const account = 'deployer';
  const rbac = 'rbac.authorization.k8s.io/v1';

  const allow = (verbs: readonly string[]): Promise<unknown> =>
    tiphys.kube.apply({
      apiVersion: rbac,
      kind: 'Role',
      metadata: { name: account, namespace: tiphys.target },
      rules: verbs.length === 0 ? [] : [{ apiGroups: [''], resources: ['configmaps'], verbs }],
    } as never);

  const projectWith = (accounts: readonly object[]): Promise<void> =>
    tiphys.project('acting', {
      sourceRepos: ['*'],
      destinations: everywhere,
      destinationServiceAccounts: accounts,
    });

  beforeAll(async () => {
    const metadata = { name: account, namespace: tiphys.target };
    await tiphys.kube.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata } as never);
    await tiphys.kube.apply({
      apiVersion: rbac,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: account },
      subjects: [{ kind: 'ServiceAccount', ...metadata }],
    } as never);
  });

  it('Given an account without rights, When it is to sync, Then the failure names it; with rights it writes', async () => {
    await projectWith([{ server: here, namespace: tiphys.target, defaultServiceAccount: account }]);
    await allow([]);
    await tiphys.application('acting', { project: 'acting', source: await sourceOf('acting') });
    const failed = await fails('acting');
    expect(resultsOf(failed)['ConfigMap/acting']).toContain(
      `User "system:serviceaccount:${tiphys.target}:${account}" cannot`,
    );
    expect(await tiphys.data('acting')).toBeUndefined();

    await allow(['get', 'create', 'patch', 'update']);
    await succeeds('acting');
    await tiphys.becomesSynced('acting');
    expect(await tiphys.data('acting')).toEqual({ v: '1' });
  });

  it('Given an account that may not delete, When its Application is deleted, Then that waits until it may', async () => {
    await tiphys.deleteApplication('acting');
    await tiphys.hasCondition('acting', 'DeletionError', new RegExp(`${account}" cannot delete`, 'u'));
    expect(await tiphys.data('acting')).toEqual({ v: '1' });
    await allow(['get', 'delete']);
    await tiphys.isGone('acting', 60_000);
    expect(await tiphys.data('acting')).toBeUndefined();
  });

  it('Given no account for a destination, When a sync is asked for, Then it is refused, unless that is not enforced', async () => {
    await projectWith([{ server: here, namespace: 'elsewhere', defaultServiceAccount: account }]);
    await tiphys.application('unnamed', { project: 'acting', source: await sourceOf('unnamed') });
    const app = await syncUntil(tiphys, 'unnamed', 'Error');
    expect(app.status?.operationState).toMatchObject({
      phase: 'Error',
      message:
        'failed to find a matching service account to impersonate: no matching service account found ' +
        `for destination server ${here} and namespace ${tiphys.target}`,
    });
    expect(await tiphys.data('unnamed')).toBeUndefined();
    await tiphys.setting('argocd-cm', { 'application.sync.impersonation.enforced': 'false' });
    const own = await fails('unnamed');
    expect(resultsOf(own)['ConfigMap/unnamed']).toContain(
      `User "system:serviceaccount:${tiphys.system.namespace}:argocd-application-controller" cannot`,
    );
    await tiphys.setting('argocd-cm', { 'application.sync.impersonation.enforced': null });
  });
});
