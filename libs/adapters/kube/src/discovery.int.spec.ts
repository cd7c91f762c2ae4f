import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '@tiphys/runtime/clock';
import { noAuthorization } from './auth.ts';
import { discover } from './discovery.ts';
import type { Discovery } from './discovery.ts';
import { refuse, reply, startSpecServer } from './spec-server.ts';
import { makeTransport } from './transport.ts';

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

async function discoverOn(
  answers: Record<string, unknown>,
): Promise<{ found: Discovery; accepts: (string | undefined)[] }> {
  const server = await startSpecServer(({ path }, response: ServerResponse) => {
    const answer = answers[path];
    if (answer === undefined) refuse(response, 503, 'ServiceUnavailable');
    else reply(response, 200, answer);
  });
  cleanUps.push(() => server.close());
  const connection = { server: server.url, tls: {}, authorizer: noAuthorization };
  const transport = await makeTransport(connection, { clock: systemClock });
  cleanUps.push(() => transport.close());
  const found = await discover(transport);
  return { found, accepts: server.seen.map(({ headers }) => headers.accept) };
}

const kind = (resource: string, name: string, scope: string) => ({
  resource,
  scope,
  verbs: ['get', 'list'],
  responseKind: { group: '', version: '', kind: name },
});
const group = (name: string, versions: object[]) => ({ metadata: { name }, versions });
const aggregated = (...items: object[]) => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: 'apidiscovery.k8s.io/v2',
  items,
});

describe('aggregated discovery', () => {
  it('takes two requests, keeps the order of versions, names stale ones', async () => {
    const { found, accepts } = await discoverOn({
      '/api': aggregated(
        group('', [{ version: 'v1', freshness: 'Current', resources: [kind('pods', 'Pod', 'Namespaced')] }]),
      ),
      '/apis': aggregated(
        group('x.org', [
          {
            version: 'v2',
            freshness: 'Current',
            resources: [kind('things', 'Thing', 'Cluster'), kind('bare', '', 'Cluster')],
          },
          { version: 'v1', freshness: 'Current', resources: [kind('things', 'Thing', 'Cluster')] },
        ]),
        group('metrics.k8s.io', [
          { version: 'v1beta1', freshness: 'Stale', resources: [kind('nodes', 'NodeMetrics', 'Cluster')] },
        ]),
      ),
    });
    expect(found.failedGroups).toEqual(['metrics.k8s.io/v1beta1']);
    expect(found.resources).toEqual([
      { group: '', version: 'v1', kind: 'Pod', resource: 'pods', namespaced: true, verbs: ['get', 'list'] },
      {
        group: 'x.org',
        version: 'v2',
        kind: 'Thing',
        resource: 'things',
        namespaced: false,
        verbs: ['get', 'list'],
      },
      {
        group: 'x.org',
        version: 'v1',
        kind: 'Thing',
        resource: 'things',
        namespaced: false,
        verbs: ['get', 'list'],
      },
    ]);
    expect(accepts).toHaveLength(2);
    expect(accepts[0]).toContain('v=v2;as=APIGroupDiscoveryList');
  });
});

describe('plain discovery', () => {
  const resource = (name: string, of: string, namespaced: boolean) => ({
    name,
    kind: of,
    namespaced,
    verbs: ['get'],
  });
  const list = (...resources: object[]) => ({ kind: 'APIResourceList', resources });

  it('asks each group version, the preferred one first, and names those that fail', async () => {
    const { found } = await discoverOn({
      '/api': { kind: 'APIVersions', versions: ['v1'] },
      '/apis': {
        kind: 'APIGroupList',
        groups: [
          {
            name: 'x.org',
            versions: [{ version: 'v1' }, { version: 'v2' }],
            preferredVersion: { version: 'v2' },
          },
          { name: 'dead.org', versions: [{ version: 'v1' }], preferredVersion: { version: 'v1' } },
        ],
      },
      '/api/v1': list(resource('pods', 'Pod', true), resource('pods/log', 'Pod', true)),
      '/apis/x.org/v1': list(resource('things', 'Thing', false)),
      '/apis/x.org/v2': list(resource('things', 'Thing', false)),
    });
    expect(found.failedGroups).toEqual(['dead.org/v1']);
    expect(
      found.resources.map((one) => `${one.group}/${one.version}/${one.resource}/${one.namespaced}`),
    ).toEqual(['/v1/pods/true', 'x.org/v2/things/false', 'x.org/v1/things/false']);
  });

  it('fails as a whole when the server does', async () => {
    await expect(discoverOn({})).rejects.toMatchObject({ code: 'unavailable' });
  });
});
