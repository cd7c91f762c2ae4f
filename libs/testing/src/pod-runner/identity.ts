import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kubeconfigOf, type KubeAccess } from '../kube-env/index.ts';

const lifetimeSeconds = 3600;

export interface LocalIdentity {
  readonly kubeconfigPath: string;
  /** Asks for a new token before the old one ends. */
  refresh(): Promise<void>;
  readonly refreshEveryMs: number;
}

/** Writes a kubeconfig with a token of this very ServiceAccount, which therefore may do what the chart grants it. */
export async function writeIdentity(
  kube: KubeAccess,
  { folder, namespace, account }: { folder: string; namespace: string; account: string },
): Promise<LocalIdentity> {
  const tokenFile = join(folder, 'token');
  const kubeconfigPath = join(folder, 'kubeconfig');
  const refresh = async (): Promise<void> => {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
    const { status } = await kube.request<{ status: { token: string } }>('POST', path, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: lifetimeSeconds },
    });
    await writeFile(`${tokenFile}.new`, status.token, { mode: 0o600 });
    await rename(`${tokenFile}.new`, tokenFile);
  };
  await refresh();
  const { apiUrl, caPem } = kube;
  await writeFile(kubeconfigPath, kubeconfigOf({ apiUrl, caPem, tokenFile }, { name: account, namespace }), {
    mode: 0o600,
  });
  return { kubeconfigPath, refresh, refreshEveryMs: (lifetimeSeconds * 1000) / 2 };
}
