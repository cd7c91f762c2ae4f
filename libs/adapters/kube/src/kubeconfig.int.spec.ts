import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock as clock } from '@tiphys/runtime/clock';
import { kubeconfigOf, sharedKubeEnv } from '@tiphys/testing/kube-env';
import type { KubeAccess } from '@tiphys/testing/kube-env';
import { privateFolder } from '@tiphys/testing/processes';
import type { PrivateFolder } from '@tiphys/testing/processes';
import { valueAt } from '@tiphys/model';
import { makeKubeApi } from './kube-api.ts';
import { loadKubeconfig } from './kubeconfig.ts';

let env: KubeAccess;
let folder: PrivateFolder;
beforeAll(async () => {
  [env, folder] = await Promise.all([sharedKubeEnv(), privateFolder('kubeconfig')]);
});
afterAll(() => folder.remove());

/** Who the API server takes the login of a kubeconfig for. */
async function whoAmI(path: string): Promise<unknown> {
  const { connection } = await loadKubeconfig({ clock, path });
  const api = await makeKubeApi(connection, { clock });
  try {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const review = await api.raw('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { body });
    return valueAt(review, 'status', 'userInfo', 'username');
  } finally {
    await api.close();
  }
}

async function writeConfig(name: string, user: object): Promise<string> {
  const path = join(folder.path, name);
  const config = JSON.parse(kubeconfigOf({ apiUrl: env.apiUrl, caPem: env.caPem })) as { users: object };
  await writeFile(path, JSON.stringify({ ...config, users: [{ name: 'tiphys', user }] }));
  return path;
}

describe('a kubeconfig of a real cluster', () => {
  it('logs in with the certificates of the administrator', async () => {
    expect(await whoAmI(env.kubeconfigPath)).toEqual(expect.any(String));
  });

  it('logs in with a token file, and with the token that replaces it', async () => {
    const { name: namespace } = await env.createNamespace('kubeconfig');
    const tokenFile = join(folder.path, 'token');
    await writeFile(tokenFile, await env.createServiceAccountToken(namespace, 'first'));
    const path = await writeConfig('by-token-file', { tokenFile: 'token' });
    expect(await whoAmI(path)).toBe(`system:serviceaccount:${namespace}:first`);
    await writeFile(tokenFile, await env.createServiceAccountToken(namespace, 'second'));
    expect(await whoAmI(path)).toBe(`system:serviceaccount:${namespace}:second`);
  });

  it('logs in with a plugin', async () => {
    const { name: namespace } = await env.createNamespace('kubeconfig');
    const token = await env.createServiceAccountToken(namespace, 'plugged');
    const apiVersion = 'client.authentication.k8s.io/v1';
    const answer = JSON.stringify({ apiVersion, kind: 'ExecCredential', status: { token } });
    const command = join(folder.path, 'plugin');
    await writeFile(command, `#!/bin/sh\ncat <<'END'\n${answer}\nEND\n`);
    await chmod(command, 0o700);
    const exec = { apiVersion, command, args: [], interactiveMode: 'Never' };
    expect(await whoAmI(await writeConfig('by-plugin', { exec }))).toBe(
      `system:serviceaccount:${namespace}:plugged`,
    );
  });

  it('says which file has a plugin that fails', async () => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: join(folder.path, 'no-plugin') };
    const attempt = whoAmI(await writeConfig('by-no-plugin', { exec }));
    await expect(attempt).rejects.toMatchObject({
      code: 'unauthenticated',
      message: expect.stringContaining('by-no-plugin'),
    });
  });
});
