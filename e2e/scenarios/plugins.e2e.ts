import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMap, givenTiphys } from '@tiphys/testing/given';
import { pluginFiles, sidecarValues, type SidecarSketch } from '@tiphys/testing/plugin-sidecar';
import { poll } from '@tiphys/testing/processes';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;

const sh = (script: string): object => ({ command: ['sh', '-c'], args: [script] });
/** Prints a config map, called as the Application, of shell words. */
const prints = (data: Readonly<Record<string, string>>): object => {
  const entries = Object.keys(data).map((key) => `"${key}":"%s"`);
  const format = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"%s"},"data":{${entries.join()}}}`;
  const words = ['$ARGOCD_APP_NAME', ...Object.values(data)].map((word) => `"${word}"`);
  return sh(`printf '${format}' ${words.join(' ')}`);
};

const ROUGH = `case "$(cat mode)" in
  fails) echo "the template is wrong" >&2; exit 3;;
  hangs) sleep 600;;
  floods) cat /dev/zero;;
  breaks-off) printf '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"';;
  dies) kill -9 $PPID; sleep 600;;
  *) printf '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"%s"},"data":{"v":"%s"}}' "$ARGOCD_APP_NAME" "$(cat mode)";;
esac`;

const plugins: readonly SidecarSketch[] = [
  {
    name: 'echo',
    spec: {
      version: 'v1.0',
      init: sh('cat ../base/greeting > made-by-init'),
      generate: prints({
        own: '$ARGOCD_ENV_COLOUR',
        app: '$ARGOCD_APP_NAME in $ARGOCD_APP_NAMESPACE',
        revision: '$ARGOCD_APP_REVISION',
        text: '$PARAM_TEXT',
        item: '$PARAM_ITEMS_1',
        entry: '$PARAM_LABELS_TEAM',
        init: '$(cat made-by-init)',
        container: '$OWN',
        json: '$(printf %s "$ARGOCD_APP_PARAMETERS" | tr -d \'\\"\')',
      }),
    },
    env: { OWN: 'of the container' },
  },
  { name: 'by-name', spec: { discover: { fileName: './special.txt' }, generate: prints({ by: 'name' }) } },
  {
    name: 'by-glob',
    spec: { discover: { find: { glob: '**/deep/*.special' } }, generate: prints({ by: 'glob' }) },
  },
  {
    name: 'by-command',
    spec: {
      discover: { find: sh('test "$ARGOCD_ENV_PICK" = me && echo yes || true') },
      generate: prints({ by: 'command' }),
    },
  },
  {
    name: 'private',
    spec: {
      preserveFileMode: true,
      provideGitCreds: true,
      generate: prints({
        mode: '$(stat -c %a run.sh)',
        header: '$(echo "$GIT_CONFIG_VALUE_0" | cut -c 1-20)',
      }),
    },
  },
  { name: 'rough', spec: { generate: sh(ROUGH) }, env: { ARGOCD_GRPC_MAX_SIZE_MB: '5' } },
];

beforeAll(async () => {
  const repoServer = {
    ...sidecarValues(plugins, 'plugins'),
    extraEnv: [{ name: 'ARGOCD_EXEC_TIMEOUT', value: '4s' }],
  };
  tiphys = await givenTiphys({
    values: { repoServer },
    prepare: async (kube) => {
      await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argocd' } } as never);
      const data = pluginFiles(plugins);
      await kube.apply(
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'plugins' }, data } as never,
        'argocd',
      );
    },
  });
});

afterAll(async () => {
  await tiphys.close();
});

const FILES = { 'web/a.txt': 'a', 'base/greeting': 'hello' };

describe('a plugin that the source names', () => {
  it('Given parameters and variables, When it is synced, Then the plugin has them, and what its init made', async () => {
    const repoURL = await tiphys.repository('named', FILES);
    const plugin = {
      name: 'echo-v1.0',
      env: [{ name: 'COLOUR', value: 'blue for $ARGOCD_APP_NAME' }],
      parameters: [
        { name: 'text', string: 'words' },
        { name: 'items', array: ['a', 'b'] },
        { name: 'labels', map: { team: 'shop' } },
      ],
    };
    const app = await tiphys.deployed('named', { source: { repoURL, path: 'web', plugin } });
    expect(app.status).toMatchObject({ sourceType: 'Plugin' });
    expect(await tiphys.data('named')).toEqual({
      own: 'blue for named',
      app: `named in ${tiphys.target}`,
      revision: app.status?.sync?.revision,
      text: 'words',
      item: 'b',
      entry: 'shop',
      init: 'hello',
      container: 'of the container',
      json: '[{name:text,string:words},{array:[a,b],name:items},{map:{team:shop},name:labels}]',
    });
    const changed = { ...plugin, parameters: [{ name: 'text', string: 'other' }] };
    await tiphys.patch('named', { spec: { source: { plugin: changed } } });
    await expect.poll(() => tiphys.data('named'), { timeout: 30_000 }).toMatchObject({ text: 'other' });
  });

  it('Given a name that no sidecar has, When it is compared, Then the condition tells which there are', async () => {
    const repoURL = await tiphys.repository('unknown', FILES);
    await tiphys.application('unknown', { source: { repoURL, path: 'web', plugin: { name: 'echo' } } });
    await tiphys.hasCondition(
      'unknown',
      'ComparisonError',
      /no plugin is called "echo": there are .*echo-v1\.0/,
    );
  });

  it('Given preserveFileMode and provideGitCreds, When it is synced, Then it has the modes and the login', async () => {
    const repoURL = await tiphys.repository('private', {
      'web/run.sh': { executable: 'exit 0' },
    });
    await tiphys.secret(
      'private-login',
      { 'argocd.argoproj.io/secret-type': 'repository' },
      { url: repoURL, username: 'me', password: 'hunter2-secret' },
    );
    await tiphys.deployed('private', { source: { repoURL, path: 'web', plugin: { name: 'private' } } });
    expect(await tiphys.data('private')).toEqual({ mode: '755', header: 'Authorization: Basic' });
  });
});

describe('a plugin that finds out by itself', () => {
  it.each<[string, Readonly<Record<string, string>>, object]>([
    ['name', { 'web/special.txt': '' }, {}],
    ['glob', { 'web/some/deep/x.special': '' }, {}],
    ['command', { 'web/x.txt': '' }, { plugin: { env: [{ name: 'PICK', value: 'me' }] } }],
  ])(
    'Given files that it is for by %s, When they are synced, Then it is what renders them',
    async (by, files, source) => {
      const repoURL = await tiphys.repository(`by-${by}`, {
        ...files,
        'web/kustomization.yaml': 'resources: []\n',
      });
      const app = await tiphys.deployed(`by-${by}`, { source: { repoURL, path: 'web', ...source } });
      expect(app.status?.sourceType).toBe('Plugin');
      expect(await tiphys.data(`by-${by}`)).toEqual({ by });
    },
  );

  it('Given files that none is for, When they are synced, Then another tool renders them', async () => {
    const repoURL = await tiphys.repository('no-plugin', { 'web/cm.yaml': configMap('no-plugin', '1') });
    const app = await tiphys.deployed('no-plugin', { source: { repoURL, path: 'web' } });
    expect(app.status?.sourceType).toBe('Directory');
  });
});

describe('a plugin that goes wrong', () => {
  it.each([
    ['fails', /the plugin rough failed: spec\.generate: sh failed \(exit code 3\): the template is wrong/],
    ['hangs', /the plugin rough did not finish in time/],
    ['floods', /wrote more than/],
    ['breaks-off', /the plugin rough failed: .*the output of spec\.generate/],
    ['dies', /the plugin rough is away/],
  ])(
    'Given one that %s, When it is asked, Then the Application says so and keeps what it has',
    async (mode, message) => {
      const name = `plugin-${mode}`;
      const repoURL = await tiphys.repository(name, { 'web/mode': 'one' });
      const source = { repoURL, path: 'web', plugin: { name: 'rough' } };
      await tiphys.deployed(name, { source });
      await tiphys.git.commit(name, { 'web/mode': mode }, 'Break it');
      await tiphys.refresh(name);
      const sick = await tiphys.hasCondition(name, 'ComparisonError', message);
      expect(sick.status?.sync?.status).toBe('Unknown');
      expect(await tiphys.data(name)).toEqual({ v: 'one' });

      await tiphys.git.commit(name, { 'web/mode': 'two' }, 'Mend it');
      const isMended = async (): Promise<boolean> => {
        await tiphys.refresh(name);
        return (await tiphys.data(name))?.['v'] === 'two';
      };
      await poll(isMended, { what: `${name} is mended`, timeoutMs: 60_000, intervalMs: 1_000 });
    },
  );

  it('Given a symlink out of the repository, When it is rendered, Then no plugin gets the files', async () => {
    const repoURL = await tiphys.repository('links', {
      ...FILES,
      'web/passwd': { symlink: '../../../etc/passwd' },
    });
    await tiphys.application('links', {
      auto: true,
      source: { repoURL, path: 'web', plugin: { name: 'echo-v1.0' } },
    });
    await tiphys.hasCondition('links', 'ComparisonError', /web\/passwd.*leads? out/);
    expect(await tiphys.data('links')).toBeUndefined();
  });
});
