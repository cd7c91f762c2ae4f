import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Application } from '@tiphys/model';
import { configMap, givenTiphys } from '@tiphys/testing/given';
import type { Rest } from '@tiphys/testing/given';

const PASSWORD = 'correct-horse';
const SECONDS = { timeout: 30_000 };
const POLICY = 'p, role:shop, applications, *, shop/*, allow\np, role:shop, projects, get, shop, allow\n';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;
let repoURL: string;

beforeAll(async () => {
  tiphys = await givenTiphys({
    values: {
      config: {
        cm: { 'accounts.ann': 'login', 'accounts.ben': 'login' },
      },
    },
  });
  for (const name of ['ann', 'ben']) {
    await tiphys.rest.call('PUT', '/api/v1/account/password', {
      name,
      currentPassword: tiphys.system.adminPassword,
      newPassword: PASSWORD,
    });
  }
  repoURL = await tiphys.repository('rights', {
    'shop/a.yaml': configMap('rights-shop', '1'),
    'bank/a.yaml': configMap('rights-bank', '1'),
  });
  for (const name of ['shop', 'bank']) {
    await projectWithRole(name);
    await tiphys.application(name, {
      project: name,
      source: { repoURL, path: name, targetRevision: 'main' },
    });
    await tiphys.eventually(name, 'is compared', ({ status }) => status?.sync?.status === 'OutOfSync');
  }
});

/** A project whose role `ci` may do everything with its Applications. */
const projectWithRole = (name: string): Promise<void> =>
  tiphys.project(name, {
    sourceRepos: ['*'],
    destinations: [{ server: '*', namespace: '*' }],
    roles: [{ name: 'ci', policies: [`p, proj:${name}:ci, applications, *, ${name}/*, allow`] }],
  });

/** Makes one account a member of the role, and no other. */
const onlyMember = (name: string): Promise<void> =>
  tiphys.setting('argocd-rbac-cm', { 'policy.csv': `${POLICY}g, ${name}, role:shop` });

afterAll(async () => {
  await tiphys.close();
});

const namesSeenBy = async (who: Rest): Promise<readonly string[]> => {
  const { items } = await who.call<{ items: readonly Application[] | null }>('GET', '/api/v1/applications');
  return (items ?? []).map(({ metadata }) => metadata.name ?? '');
};
const namesTold = (told: readonly unknown[]): readonly string[] =>
  told.map(
    (event) => (event as { result: { application: Application } }).result.application.metadata.name ?? '',
  );

describe('rights by policy', () => {
  it("Given a role for one project, When its member acts, Then the project's Applications obey and others are not there", async () => {
    await onlyMember('ann');
    const ann = await tiphys.rest.login('ann', PASSWORD);
    await expect.poll(() => namesSeenBy(ann), SECONDS).toEqual(['shop']);

    await ann.call('POST', '/api/v1/applications/shop/sync', {});
    await tiphys.becomesLive('rights-shop', { v: '1' });
    const forbidden = await ann.send('POST', '/api/v1/applications/bank/sync', {});
    const absent = await ann.send('POST', '/api/v1/applications/nowhere/sync', {});
    expect(forbidden).toEqual(absent);
    expect(forbidden).toMatchObject({ status: 403, body: { message: 'permission denied' } });
    expect((await tiphys.app('bank'))?.operation).toBeUndefined();
    expect(await tiphys.data('rights-bank')).toBeUndefined();
  });

  it('Given a caller with an open stream, When the policy changes, Then both see the change within seconds', async () => {
    await onlyMember('ann');
    const ben = await tiphys.rest.login('ben', PASSWORD);
    await expect.poll(() => namesSeenBy(ben), SECONDS).toEqual([]);
    const stream = await ben.stream('/api/v1/stream/applications');

    await onlyMember('ben');
    await expect.poll(() => namesSeenBy(ben), SECONDS).toEqual(['shop']);
    await tiphys.patch('shop', { metadata: { labels: { seen: `${Date.now()}` } } });
    await tiphys.patch('bank', { metadata: { labels: { seen: `${Date.now()}` } } });
    await expect.poll(() => namesTold(stream.told), SECONDS).toContain('shop');
    expect(namesTold(stream.told)).not.toContain('bank');
    stream.close();
  });

  it('Given a token of a project role, When the role goes, Then the token and its open stream end', async () => {
    await projectWithRole('shop');
    const { token } = await tiphys.rest.call<{ token: string }>(
      'POST',
      '/api/v1/projects/shop/roles/ci/token',
      { project: 'shop', role: 'ci', expiresIn: 3_600 },
    );
    const robot = tiphys.rest.as(token);
    expect(await namesSeenBy(robot)).toEqual(['shop']);
    const stream = await robot.stream('/api/v1/stream/applications');

    const { project } = await tiphys.rest.call<{ project: { spec: object } }>(
      'GET',
      '/api/v1/projects/shop/detailed',
    );
    const without = { ...project, spec: { ...project.spec, roles: [] } };
    await tiphys.rest.call('PUT', '/api/v1/projects/shop', { project: without });
    await expect.poll(() => stream.ended(), SECONDS).toBe(true);
    expect((await robot.send('GET', '/api/v1/applications')).status).toBe(401);
  });
});
