import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureGoWasm } from '@tiphys/wasm-tools';
import { runHere } from '../../../testing/run-here.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiphys-settings-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const cm = (data: Readonly<Record<string, string>>, name = 'cm.json'): Promise<string> =>
  file(name, JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'argocd-cm' }, data }));

const run = (...words: readonly string[]) =>
  runHere(['admin', 'settings', ...words], { env: { HOME: folder } });

describe('admin settings validate', () => {
  it.each([
    ['an unknown key of accounts', { 'accounts.a.b': 'login' }, "the key 'accounts.a.b' is no account"],
    ['a capability', { 'accounts.a': 'login, fly' }, "capability 'fly' in config map key 'accounts.a'"],
    ['an address', { url: 'shop' }, "url: 'shop' is no address"],
    ['SSO', { 'dex.config': 'connectors: []' }, "Dex is configured, but 'url' is missing"],
    ['SSO with a mistake', { 'oidc.config': '- a' }, '❌ general\noidc.config is not a map in YAML'],
    [
      'kustomize',
      { 'kustomize.buildOptions': '--enable-helm', 'kustomize.path.v5': '/k' },
      '--enable-helm (1 versions)',
    ],
    ['a key of overrides', { 'resource.customizations.actions.a_b_c': '{}' }, '❌ resource-overrides'],
    ['overrides', { 'resource.customizations': 'apps/*: {health.lua: "return {}"}' }, '2 resource overrides'],
    [
      'no rule for the status',
      { 'resource.compareoptions': 'ignoreResourceStatusField: none' },
      '0 resource overrides',
    ],
  ])('tells of %s', async (_case, data, expected) => {
    const { code, stdout, stderr } = await run('validate', '--argocd-cm-path', await cm(data));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(expected);
  });

  it('does not ask for a signing key where nobody said where the secret is', async () => {
    const { stdout } = await run('validate', '--argocd-cm-path', await cm({}), '--group', 'general');
    expect(stdout).toBe('✅ general\nSSO is not configured\n\n');
  });

  it.each([
    [['validate'], 1, 'Where are the settings?'],
    [['validate', '--group', 'fun', '--argocd-cm-path', 'x'], 20, 'There is no group fun'],
    [['validate', '--argocd-cm-path', '/no/such/file'], 20, 'The file /no/such/file cannot be read'],
    [['rbac', 'can', 'role:a', 'get', 'applications'], 1, 'Where is the policy?'],
  ])('%j is refused', async (words, code, message) => {
    const outcome = await run(...words);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toContain(message);
  });

  it('refuses a file with something else', async () => {
    const path = await file('secret.json', '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x"}}');
    const { code, stderr } = await run('validate', '--argocd-cm-path', path);
    expect(code).toBe(20);
    expect(stderr).toContain('holds a Secret, not a ConfigMap');
  });
});

describe('admin settings rbac', () => {
  const policy = 'p, role:dev, applications, sync, shop/*, allow\np, role:dev, logs, get, */*, allow\n';

  it.each([
    ['a file with the config map', ['role:dev', 'sync', 'app', 'shop/web'], 'Yes'],
    ['any object', ['role:dev', 'get', 'logs'], 'Yes'],
    ['the default role of the config map', ['nobody', 'get', 'clusters', 'https://x'], 'Yes'],
    ['no rule', ['nobody', 'delete', 'project', 'shop'], 'No'],
    [
      'an action that is not known, when asked for',
      ['role:dev', 'fly', 'app', 'x/y', '--strict=false'],
      'No',
    ],
  ])('answers by %s', async (_case, words, answer) => {
    const data = { 'policy.csv': policy, 'policy.default': 'role:readonly' };
    const { stdout, code } = await run('rbac', 'can', ...words, '--policy-file', await cm(data, 'rbac.json'));
    expect({ stdout, code }).toEqual({ stdout: `${answer}\n`, code: answer === 'Yes' ? 0 : 1 });
  });

  it('does not answer by a policy that is not used', async () => {
    const path = await file('bad.csv', `${policy}p, role:dev, applications\n`);
    const { code, stderr } = await run('rbac', 'can', 'role:dev', 'get', 'logs', '--policy-file', path);
    expect(code).toBe(1);
    expect(stderr).toContain('policy.csv, line 3');
  });

  it('says what is wrong with a policy, and what has no effect', async () => {
    const bad = await run('rbac', 'validate', '--policy-file', await file('bad.csv', 'p, a, b\nnonsense\n'));
    expect(bad.code).toBe(1);
    expect(bad.stdout).toContain('Policy is invalid: policy.csv, line 1');
    expect(bad.stdout).toContain('policy.csv, line 2');
    const empty = await run(
      'rbac',
      'validate',
      '--policy-file',
      await file('g.csv', 'g, alice, role:gone\n'),
    );
    expect(empty).toMatchObject({ code: 0, stdout: 'Policy is valid.\n' });
    expect(empty.stderr).toContain('no rule says anything of role:gone');
  });
});

describe('admin settings resource-overrides', () => {
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd', namespace: 'ns' },
    spec: { replicas: 2, paused: false, template: { spec: { containers: [{ name: 'c', image: 'i' }] } } },
  };
  const on = async (verb: string, data: Readonly<Record<string, string>>, ...rest: readonly string[]) => {
    const object = await file('object.json', JSON.stringify(deployment));
    return run('resource-overrides', verb, object, ...rest, '--argocd-cm-path', await cm(data));
  };
  const KEY = 'resource.customizations';

  it('runs jq, which needs more than a path', async () => {
    await ensureGoWasm();
    const { stdout, stderr } = await on('ignore-differences', {
      [`${KEY}.ignoreDifferences.apps_Deployment`]:
        'jqPathExpressions: [\'.spec.template.spec.containers[] | select(.name | startswith("c"))\']',
    });
    expect(stderr).toBe('');
    expect(stdout).toContain('<       - image: i\n<         name: c\n');
  });

  it('says which fields may change unseen', async () => {
    const data = { [`${KEY}.ignoreResourceUpdates.all`]: 'jsonPointers: [/spec/replicas]' };
    const { stdout } = await on('ignore-resource-updates', data);
    expect(stdout).toMatch(/^Following fields are ignored:\n\n\S+\n<   replicas: 2\n$/);
    expect((await on('ignore-resource-updates', {})).stdout).toBe(
      "Ignore resource updates are not configured for 'apps/Deployment'\n",
    );
  });

  it('runs built-in actions, too', async () => {
    const { stdout } = await on('run-action', {}, 'pause');
    expect(stdout).toContain('Following fields have been changed:');
    expect(stdout).toContain('>   paused: true');
  });

  it('gives parameters to scripts and shows what they would create', async () => {
    const actions = `
definitions:
- name: copy
  action.lua: |
    return {{operation = "create", resource = {apiVersion = "v1", kind = "ConfigMap", metadata = {name = actionParams["to"]}}}}
`;
    const data = { [`${KEY}.actions.apps_Deployment`]: actions };
    const { stdout, stderr } = await on('run-action', data, 'copy', '--param', 'to=there');
    expect(stdout, stderr).toContain(
      'Following resource would be created:\n\napiVersion: v1\nkind: ConfigMap',
    );
    expect(stdout).toContain('name: there');
  });

  it.each([
    ['health', 'return nil', "Health script is not configured for 'apps/Deployment'\n", 0],
    ['health', 'hs = {} hs.status = "Degraded" return hs', 'STATUS: Degraded\nMESSAGE: \n', 0],
    ['health', 'error("boom")', 'boom', 20],
    ['health', 'while true do end', 'The health script of Deployment failed', 20],
  ])('%s by %j', async (verb, script, expected, code) => {
    const outcome = await on(verb, { [`${KEY}.health.apps_Deployment`]: script });
    expect(outcome.code, outcome.stderr).toBe(code);
    expect(outcome.stdout + outcome.stderr).toContain(expected);
  });

  it('names mistakes of the settings', async () => {
    const { code, stderr } = await on('health', { [`${KEY}.actions.apps_Deployment`]: '- a' });
    expect(code).toBe(20);
    expect(stderr).toContain('resource.customizations.actions.apps_Deployment');
  });
});
