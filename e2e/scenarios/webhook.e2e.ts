import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMap, givenTiphys } from '@tiphys/testing/given';
import { poll } from '@tiphys/testing/processes';

const SECRET = 'a-shared-secret';
/** Nobody looks at a repository by itself while this runs. */
const quiet = { 'timeout.reconciliation': '30m', 'timeout.reconciliation.jitter': '0s' };

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;

beforeAll(async () => {
  tiphys = await givenTiphys({ values: { server: { insecure: true }, config: { cm: quiet } } });
  const path = `/api/v1/namespaces/${tiphys.system.namespace}/secrets/argocd-secret`;
  const stringData = { 'webhook.github.secret': SECRET };
  await tiphys.kube.request('PATCH', path, { stringData }, 'application/merge-patch+json');
  await poll(async () => (await push('nothing', [], 'wrong')) === 400, { what: 'the secret counts' });
});

afterAll(async () => {
  await tiphys.close();
});

/** Tells of a push to `main` as GitHub does; the status of the answer. */
async function push(repository: string, modified: readonly string[], secret = SECRET): Promise<number> {
  const body = JSON.stringify({
    ref: 'refs/heads/main',
    repository: { html_url: tiphys.git.url(repository).replace(/\.git$/, ''), default_branch: 'main' },
    commits: [{ added: [], modified, removed: [] }],
  });
  const response = await fetch(`${tiphys.rest.url}/api/webhook`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'push',
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    },
    body,
  });
  await response.text();
  return response.status;
}

const versionOf = async (name: string): Promise<string | undefined> =>
  (await tiphys.app(name))?.metadata.resourceVersion;

describe('a webhook', () => {
  it('Given nobody polls, When a push is told, Then the commit is live in seconds', async () => {
    const repoURL = await tiphys.repository('told', { 'all.yaml': configMap('told', '1') });
    await tiphys.deployed('told', { source: { repoURL, path: '.', targetRevision: 'HEAD' } });
    await tiphys.git.commit('told', { 'all.yaml': configMap('told', '2') }, 'two');

    expect(await push('told', ['all.yaml'])).toBe(200);
    await tiphys.becomesLive('told', { v: '2' });
  });

  it('Given a secret, When a push is signed with another one, Then it is refused and nothing changes', async () => {
    const repoURL = await tiphys.repository('forged', { 'all.yaml': configMap('forged', '1') });
    await tiphys.deployed('forged', { source: { repoURL, path: '.', targetRevision: 'main' } });
    await tiphys.git.commit('forged', { 'all.yaml': configMap('forged', '2') }, 'two');
    const before = await versionOf('forged');

    expect(await push('forged', ['all.yaml'], 'another-secret')).toBe(400);
    expect(await versionOf('forged')).toBe(before);
    expect(await tiphys.data('forged')).toEqual({ v: '1' });

    expect(await push('forged', ['all.yaml'])).toBe(200);
    await tiphys.becomesLive('forged', { v: '2' });
  });

  it('Given paths that an Application is made of, When a push touches none of them, Then it is not rendered', async () => {
    const repoURL = await tiphys.repository('mono', {
      'web/all.yaml': configMap('mono-web', '1'),
      'db/all.yaml': configMap('mono-db', '1'),
    });
    const paths = { annotations: { 'argocd.argoproj.io/manifest-generate-paths': '.' } };
    for (const part of ['web', 'db']) {
      const source = { repoURL, path: part, targetRevision: 'main' };
      await tiphys.deployed(`mono-${part}`, { ...paths, source });
    }
    await tiphys.git.commit('mono', { 'web/all.yaml': configMap('mono-web', '2') }, 'web only');
    const before = await versionOf('mono-db');

    expect(await push('mono', ['web/all.yaml'])).toBe(200);
    await tiphys.becomesLive('mono-web', { v: '2' });
    expect(await versionOf('mono-db')).toBe(before);
  });

  it('Given an ApplicationSet of the repository, When a push is told, Then its controller is asked to look', async () => {
    const repoURL = await tiphys.repository('generated', { 'a/config.json': '{}' });
    const name = 'of-git';
    const spec = {
      generators: [{ git: { repoURL, revision: 'HEAD', directories: [{ path: '*' }] } }],
      template: {
        metadata: { name: 'of-git-{{path.basename}}' },
        spec: {
          project: 'default',
          source: { repoURL, path: '{{path}}', targetRevision: 'HEAD' },
          destination: { server: 'https://kubernetes.default.svc', namespace: tiphys.target },
        },
      },
    };
    await tiphys.rest.call('POST', '/api/v1/applicationsets?upsert=true', { metadata: { name }, spec });
    const { applications } = await tiphys.rest.call<{ applications: readonly { metadata: object }[] }>(
      'POST',
      '/api/v1/applicationsets/generate',
      { applicationSet: { metadata: { name }, spec } },
    );
    expect(applications.map(({ metadata }) => metadata)).toMatchObject([{ name: 'of-git-a' }]);

    expect(await push('generated', ['a/config.json'])).toBe(200);
    const place = { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name };
    await poll(
      async () => {
        const appset = await tiphys.kube.find<{ metadata: { annotations?: Record<string, string> } }>({
          ...place,
          namespace: tiphys.system.namespace,
        });
        return appset?.metadata.annotations?.['argocd.argoproj.io/application-set-refresh'] === 'true';
      },
      { what: 'the ApplicationSet is asked to look', timeoutMs: 30_000 },
    );
    await tiphys.rest.call('DELETE', `/api/v1/applicationsets/${name}`);
  });
});
