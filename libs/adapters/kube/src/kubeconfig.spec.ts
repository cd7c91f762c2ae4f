import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { messageOf } from '@tiphys/model';
import { systemClock as clock } from '@tiphys/runtime/clock';
import { loadKubeconfig } from './kubeconfig.ts';
import type { KubeLogin } from './kubeconfig.ts';
import { inClusterLogin } from './service-account.ts';

const folder = mkdtempSync(join(tmpdir(), 'tiphys-kubeconfig-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function write(text: string, name = `config-${(files += 1)}`): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const headerOf = async ({ connection }: KubeLogin) => connection.authorizer.header();

const config = (user: object, cluster: object = {}, context: object = {}): string =>
  JSON.stringify({
    'current-context': 'main',
    clusters: [{ name: 'c', cluster: { server: 'https://a:6443/', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'main', context: { cluster: 'c', user: 'u', ...context } }],
  });
const load = (text: string) => loadKubeconfig({ clock, path: write(text) });

describe('a kubeconfig', () => {
  it('in YAML, with inline data', async () => {
    const { connection, namespace, source } = await load(`
apiVersion: v1
kind: Config
preferences: {}
current-context: main
clusters:
- name: c
  cluster:
    server: https://a:6443
    certificate-authority-data: ${base64('CA')}
    tls-server-name: api.internal
    proxy-url: http://proxy:3128
    disable-compression: true
contexts:
- name: main
  context: {cluster: c, user: u, namespace: ships}
users:
- name: u
  user:
    client-certificate-data: ${base64('CERT')}
    client-key-data: ${base64('KEY')}
`);
    expect(connection).toMatchObject({
      server: 'https://a:6443',
      tls: { ca: 'CA', cert: 'CERT', key: 'KEY', serverName: 'api.internal', insecure: false },
      proxyUrl: 'http://proxy:3128',
      disableCompression: true,
    });
    expect(namespace).toBe('ships');
    expect(source).toMatch(/config-\d+, context main$/);
  });

  it.each([
    [{ token: 't' }, 'Bearer t'],
    [{ username: 'u', password: 'p' }, `Basic ${base64('u:p')}`],
    [{ token: 't', username: 'u', password: 'p' }, 'Bearer t'],
    [{}, undefined],
  ])('with the user %j', async (user, header) => {
    const login = await load(config(user));
    expect(await headerOf(login)).toBe(header);
    expect(login.connection.server).toBe('https://a:6443');
    expect(login.namespace).toBe('default');
  });

  it('with files beside it, and a token file that wins', async () => {
    for (const name of ['ca.crt', 'cert', 'key', 'token']) write(name.toUpperCase(), `beside/${name}`);
    const user = {
      'client-certificate': 'cert',
      'client-key': join(folder, 'beside/key'),
      token: 'no',
      tokenFile: 'token',
    };
    const path = write(config(user, { 'certificate-authority': './ca.crt' }), 'beside/config');
    const login = await loadKubeconfig({ clock, path });
    expect(login.connection.tls).toEqual({ ca: 'CA.CRT', cert: 'CERT', key: 'KEY', insecure: false });
    expect(await headerOf(login)).toBe('Bearer TOKEN');
  });

  it('of several files: the first to name a thing wins', async () => {
    const first = write(
      JSON.stringify({ 'current-context': 'main', users: [{ name: 'u', user: { token: 'first' } }] }),
    );
    const second = write(config({ token: 'second' }, {}, { namespace: 'two' }));
    const login = await loadKubeconfig({ clock, env: { KUBECONFIG: `${first}${delimiter}${second}` } });
    expect(await headerOf(login)).toBe('Bearer first');
    expect(login.namespace).toBe('two');
  });

  it('with a context that was asked for', async () => {
    const text = `${config({ token: 't' }).slice(0, -2)},{"name":"other","context":{"cluster":"c","user":""}}]}`;
    const login = await loadKubeconfig({ clock, path: write(text), context: 'other' });
    expect(await headerOf(login)).toBeUndefined();
  });
});

describe('a wrong kubeconfig', () => {
  const odd = 's3cret';
  it.each([
    ['is not YAML', `{{ ${odd}`],
    ['clusters', JSON.stringify({ clusters: odd })],
    ['users.0.user.token', config({ token: { odd } })],
    ['there is no such context', JSON.stringify({ 'current-context': 'main' })],
    ['its cluster is not defined', config({ token: odd }).replace('"name":"c"', '"name":"d"')],
    ['its user is not defined', config({ token: odd }).replace('"name":"u"', '"name":"v"')],
  ])('is named, with its mistake (%s) and no value', async (mistake, text) => {
    const path = write(text);
    const error: unknown = await loadKubeconfig({ clock, path }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'invalid' });
    expect(messageOf(error)).toContain(path);
    expect(messageOf(error)).toContain(mistake);
    expect(messageOf(error)).not.toContain(odd);
  });

  it.each([
    ['the file', join(folder, 'nowhere'), undefined],
    ['a file that it names', undefined, config({}, { 'certificate-authority': 'nowhere.crt' })],
  ])('%s is missing', async (_, path, text) => {
    const attempt = loadKubeconfig({ clock, path: path ?? write(text ?? '') });
    await expect(attempt).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('nowhere'),
    });
  });
});

describe('without KUBECONFIG', () => {
  const env = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };

  it('is the service account of the pod', async () => {
    for (const [name, text] of [
      ['token', 'sa\n'],
      ['ca.crt', 'CA'],
      ['namespace', 'argocd\n'],
    ] as const)
      write(text, `account/${name}`);
    const account = join(folder, 'account');
    const login = inClusterLogin(clock, env, account);
    expect(login).toMatchObject({
      connection: { server: 'https://10.96.0.1:443', tls: { ca: 'CA' } },
      namespace: 'argocd',
    });
    expect(await login?.connection.authorizer.header()).toBe('Bearer sa');
    const ipv6 = inClusterLogin(clock, { ...env, KUBERNETES_SERVICE_HOST: 'fd00::1' }, account);
    expect(ipv6?.connection.server).toBe('https://[fd00::1]:443');
  });

  it('is none where no account is mounted', () => {
    expect(inClusterLogin(clock, env, join(folder, 'no-account'))).toBeUndefined();
    expect(inClusterLogin(clock, {}, join(folder, 'account'))).toBeUndefined();
  });

  it('is the file in the home', async () => {
    write(config({ token: 'home' }), 'home/.kube/config');
    expect(await headerOf(await loadKubeconfig({ clock, env: { HOME: join(folder, 'home') } }))).toBe(
      'Bearer home',
    );
    const nobody = loadKubeconfig({ clock, env: { HOME: join(folder, 'empty') } });
    await expect(nobody).rejects.toMatchObject({ code: 'not-found' });
  });
});
