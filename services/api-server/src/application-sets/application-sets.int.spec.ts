import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { KubeObject } from '@tiphys/model';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { TestServer } from '../testing/server.ts';
import type { Answer } from '../testing/server.ts';

let redis: RedisServer;
let server: TestServer;
const tokens = new Map<string, string>();

const root = '/api/v1/applicationsets';

interface Sketch {
  readonly project?: string;
  readonly namespace?: string;
  readonly spec?: object;
  readonly templateSpec?: object;
}

const appset = (
  name: string,
  { project = 'default', namespace, spec, templateSpec }: Sketch = {},
): object => ({
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  spec: {
    generators: [{ list: { elements: [{ c: 'a' }, { c: 'b' }] } }],
    template: {
      metadata: { name: `${name}-{{c}}` },
      spec: {
        project,
        source: { repoURL: 'https://git.example.com/apps.git', path: 'web' },
        destination: { server: 'https://kubernetes.default.svc', namespace: 'web' },
        ...templateSpec,
      },
    },
    ...spec,
  },
});

const as = (who: string, method: string, path: string, body?: object): Promise<Answer> =>
  server.send(method, path, { token: tokens.get(who) ?? '', ...(body === undefined ? {} : { body }) });

const generate = (one: object, who = 'admin'): Promise<Answer> =>
  as(who, 'POST', `${root}/generate`, { applicationSet: one });

const namesIn = ({ json }: Answer): readonly unknown[] =>
  ((json['applications'] ?? json['items'] ?? []) as readonly KubeObject[]).map(
    ({ metadata }) => metadata.name,
  );

beforeAll(async () => {
  redis = await startRedis();
  server = await TestServer.start({ redis, flags: ['--application-namespaces=team-*'] });
  const password = await server.password();
  tokens.set('admin', await server.login());
  await server.configure('argocd-cm', { 'accounts.tina': 'login', 'accounts.nobody': 'login' });
  await server.configure('argocd-rbac-cm', {
    'policy.csv': 'p, role:team, applicationsets, *, team/*, allow\ng, tina, role:team',
  });
  for (const name of ['tina', 'nobody']) {
    await vi.waitFor(
      async () => {
        const body = { name, currentPassword: password, newPassword: `${name}-pass-1` };
        expect((await as('admin', 'PUT', '/api/v1/account/password', body)).status).toBe(200);
      },
      { timeout: 30_000 },
    );
    const { json } = await server.send('POST', '/api/v1/session', {
      body: { username: name, password: `${name}-pass-1` },
    });
    tokens.set(name, String(json['token']));
  }
  const spec = {
    sourceRepos: ['https://git.example.com/*'],
    destinations: [{ server: '*', namespace: '*' }],
  };
  const project = { metadata: { name: 'team' }, spec };
  expect((await as('admin', 'POST', '/api/v1/projects', { project })).status).toBe(200);
  expect((await as('admin', 'POST', root, appset('of-default'))).status).toBe(200);
  expect((await as('admin', 'POST', root, appset('of-team', { project: 'team' }))).status).toBe(200);
});

afterAll(async () => {
  await server.stop();
  await redis.stop();
});

describe('who may see an ApplicationSet', () => {
  it('sees it in lists, others do not', async () => {
    expect(namesIn(await as('admin', 'GET', root))).toEqual(['of-default', 'of-team']);
    expect(namesIn(await as('tina', 'GET', root))).toEqual(['of-team']);
    expect(namesIn(await as('nobody', 'GET', root))).toEqual([]);
    expect(namesIn(await as('admin', 'GET', `${root}?projects=team`))).toEqual(['of-team']);
  });

  it.each(['', '/resource-tree', '/events'])(
    'is told the same of what is hidden and of what is absent: %s',
    async (rest) => {
      for (const who of ['tina', 'nobody']) {
        const plain = (name: string) =>
          as(who, 'GET', `${root}/${name}${rest}`).then(({ status, text }) => [
            status,
            text.replaceAll(name, 'NAME').replace(/iat: [^"]*/g, ''),
          ]);
        expect(await plain('of-default')).toEqual(await plain('nosuch'));
      }
      expect((await as('tina', 'GET', `${root}/of-team${rest}`)).status).toBe(200);
    },
  );

  it('does not learn of it by deleting either', async () => {
    for (const who of ['tina', 'nobody']) {
      const plain = (name: string) =>
        as(who, 'DELETE', `${root}/${name}`).then(({ status, text }) => [
          status,
          text.replaceAll(name, 'NAME').replace(/iat: [^"]*/g, ''),
        ]);
      expect(await plain('of-default')).toEqual(await plain('nosuch'));
    }
    expect((await as('admin', 'GET', `${root}/of-default`)).status).toBe(200);
  });

  it('sees changes of it in the stream, and nothing of others', async () => {
    const ending = new AbortController();
    const response = await fetch(`http://127.0.0.1:${server.port}/api/v1/stream/applicationsets`, {
      headers: { authorization: `Bearer ${tokens.get('tina') ?? ''}`, accept: 'text/event-stream' },
      signal: ending.signal,
    });
    let told = '';
    const read = (async () => {
      for await (const chunk of response.body ?? []) told += Buffer.from(chunk as Uint8Array).toString();
    })().catch(() => undefined);
    await as('admin', 'POST', root, appset('late-default'));
    await as('tina', 'POST', root, appset('late-team', { project: 'team' }));
    await as('tina', 'DELETE', `${root}/late-team`);
    await expect.poll(() => told, { timeout: 30_000 }).toContain('DELETED');
    ending.abort();
    await read;
    expect(told).toContain('"type":"ADDED"');
    expect(told).toContain('of-team');
    expect(told).not.toContain('-default"');
  });
});

describe('an ApplicationSet', () => {
  it.each<[what: string, one: object, who: string, status: number, text: string]>([
    [
      'of a project without rights',
      appset('x'),
      'tina',
      403,
      'permission denied: applicationsets, create, default/x',
    ],
    [
      'whose generator brings another project',
      appset('x', {
        project: 'team',
        spec: {
          generators: [
            {
              list: {
                elements: [],
                template: { metadata: {}, spec: { project: 'default', destination: {} } },
              },
            },
          ],
        },
      }),
      'tina',
      403,
      'applicationsets, create, default/x',
    ],
    ['of a templated project', appset('x', { project: '{{c}}' }), 'admin', 500, 'templated `project` fields'],
    [
      'of a project that is not there',
      appset('x', { project: 'nosuch' }),
      'admin',
      400,
      'references project nosuch which does not exist',
    ],
    [
      'in a namespace that is not served',
      appset('x', { namespace: 'kube-system' }),
      'admin',
      403,
      "namespace 'kube-system' is not permitted",
    ],
    ['without a name', appset(''), 'admin', 500, 'resource name may not be empty'],
  ])('%s is refused', async (_what, one, who, status, text) => {
    const answer = await as(who, 'POST', root, one);
    expect(answer.text).toContain(text);
    expect(answer.status).toBe(status);
    const preview = await generate(one, who);
    expect([preview.status, preview.text.includes(text)]).toEqual([status, true]);
  });

  it('may be created by those who may, in another namespace too', async () => {
    expect((await as('tina', 'GET', `${root}/own`)).status).toBe(404);
    expect((await as('tina', 'POST', root, appset('own', { project: 'team' }))).status).toBe(200);
    expect((await as('tina', 'DELETE', `${root}/own`)).status).toBe(200);
    await expect
      .poll(async () => (await as('tina', 'GET', `${root}/own`)).status, { timeout: 30_000 })
      .toBe(404);
  });
});

describe('what an ApplicationSet generates', () => {
  it('may be written as Go templates, with what templates may call', async () => {
    const one = appset('go', {
      spec: {
        goTemplate: true,
        goTemplateOptions: ['missingkey=error'],
        generators: [{ list: { elements: [{ c: 'Web_1', size: 3, tags: ['x', 'z'] }] } }],
        template: {
          metadata: {
            name: '{{ .c | normalize }}',
            labels: { size: '{{ add .size 1 }}', tags: '{{ join "." .tags }}' },
          },
          spec: {
            project: 'default',
            source: { repoURL: 'https://git.example.com/a' },
            destination: { server: 'https://x' },
          },
        },
        templatePatch:
          'spec:\n  project: team\n  source:\n    helm:\n      values: |\n{{ toYaml .tags | indent 8 }}\n',
      },
    });
    const { json } = await generate(one);
    expect(json['applications']).toMatchObject([
      {
        metadata: { name: 'web-1', labels: { size: '4', tags: 'x.z' } },
        spec: { project: 'default', source: { helm: { values: '- x\n- z\n' } } },
      },
    ]);
  });

  it('comes of repositories that its project permits only', async () => {
    server.repoServer.tree['apps/web/all.yaml'] = '';
    const git = (repoURL: string): object => ({
      generators: [{ git: { repoURL, revision: 'main', directories: [{ path: 'apps/*' }] } }],
    });
    const made = (repoURL: string): object =>
      appset('git', {
        project: 'team',
        spec: {
          ...git(repoURL),
          template: {
            metadata: { name: 'g-{{path.basename}}' },
            spec: { project: 'team', destination: { server: 'https://x' } },
          },
        },
      });
    expect(namesIn(await generate(made('https://git.example.com/apps.git'), 'tina'))).toEqual(['g-web']);
    const refused = await generate(made('https://evil.example.com/apps.git'), 'tina');
    expect([refused.status, refused.text.includes('not permitted in project')]).toEqual([403, true]);
    const option = await generate(made('--upload-pack=touch /tmp/x'), 'tina');
    expect(option.status).toBeGreaterThanOrEqual(400);
  });

  it('tells nothing of clusters of other projects, nor of what is in their secrets', async () => {
    const cluster = (name: string, project: string): Promise<unknown> =>
      server.kube.apply({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: {
          name: `cluster-${name}`,
          namespace: server.namespace.name,
          labels: { 'argocd.argoproj.io/secret-type': 'cluster', env: 'prod' },
          annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'canary-applied' },
        },
        stringData: { name, server: `https://${name}`, project, config: '{"bearerToken":"canary-token"}' },
      } as never);
    await cluster('ours', 'team');
    await cluster('theirs', 'other');
    await cluster('common', '');
    const one = appset('cl', {
      project: 'team',
      spec: {
        goTemplate: true,
        generators: [{ clusters: { selector: { matchLabels: { env: 'prod' } } } }],
        template: {
          metadata: { name: '{{.name}}', annotations: { all: '{{ toJson . }}' } },
          spec: { project: 'team', destination: { server: '{{.server}}' } },
        },
      },
    });
    await expect
      .poll(async () => namesIn(await generate(one, 'tina')), { timeout: 30_000 })
      .toEqual(['common', 'ours']);
    expect((await generate(one, 'tina')).text).not.toContain('canary');
  });

  it.each(['scmProvider', 'pullRequest', 'clusterDecisionResource', 'plugin'])(
    'is not known for %s, and that is said',
    async (kind) => {
      const { status, text } = await generate(appset('later', { spec: { generators: [{ [kind]: {} }] } }));
      expect([status, text.includes(`the generator '${kind}' is not served yet`)]).toEqual([501, true]);
    },
  );

  it('ends where a template does not', async () => {
    const endless = '{{ range $i, $x := until 1000000000 }}{{ end }}';
    const one = appset('endless', {
      spec: {
        goTemplate: true,
        generators: [{ list: { elements: [{}] } }],
        template: { metadata: { name: endless }, spec: { project: 'default', destination: {} } },
      },
    });
    expect((await generate(one)).status).toBeGreaterThanOrEqual(400);
    expect(namesIn(await generate(appset('after')))).toEqual(['after-a', 'after-b']);
  });
});
