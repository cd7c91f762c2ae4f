import { poll } from '@tiphys/testing/processes';
import type { KubeAccess } from '@tiphys/testing/kube-env';

interface TokenSecret {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly data?: { readonly token?: string };
}

const ANNOTATION = 'kubernetes.io/service-account.name';

/** A service account that may do anything, with a long-lived token in a secret. */
export class ServiceAccount {
  readonly token: string;
  readonly #kube: KubeAccess;
  readonly #namespace: string;
  readonly #binding: string;

  private constructor(
    kube: KubeAccess,
    place: { readonly namespace: string; readonly binding: string },
    token: string,
  ) {
    this.#kube = kube;
    this.#namespace = place.namespace;
    this.#binding = place.binding;
    this.token = token;
  }

  static async create(kube: KubeAccess, namespace: string): Promise<ServiceAccount> {
    const binding = `manager-${namespace}`;
    const name = 'manager';
    await kube.applyAll([
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: binding },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ kind: 'ServiceAccount', name, namespace }],
      },
      {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'kubernetes.io/service-account-token',
        metadata: { name: 'manager-long-lived-token', namespace, annotations: { [ANNOTATION]: name } },
      },
    ] as Parameters<KubeAccess['applyAll']>[0]);
    const path = `/api/v1/namespaces/${namespace}/secrets/manager-long-lived-token`;
    const token = await poll(async () => (await kube.request<TokenSecret>('GET', path)).data?.token, {
      what: 'the token of a service account',
    });
    return new ServiceAccount(kube, { namespace, binding }, Buffer.from(token, 'base64').toString());
  }

  /** Names of the secrets that hold a token of it. */
  async secretNames(): Promise<readonly string[]> {
    const path = `/api/v1/namespaces/${this.#namespace}/secrets`;
    const { items } = await this.#kube.request<{ readonly items: readonly TokenSecret[] }>('GET', path);
    return items
      .filter(({ metadata }) => metadata.annotations?.[ANNOTATION] === 'manager')
      .map(({ metadata }) => metadata.name);
  }

  async remove(): Promise<void> {
    await this.#kube.request(
      'DELETE',
      `/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/${this.#binding}`,
    );
  }
}
