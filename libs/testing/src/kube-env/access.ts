import { randomBytes } from 'node:crypto';
import { hasCode } from '@tiphys/model';
import { poll } from '../processes/index.ts';
import { KubeClient } from './client.ts';
import { ResourcePaths, type ObjectLike } from './resource-paths.ts';
import type { KubeConnection } from './kubeconfig.ts';

export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface KubeAccessOptions {
  readonly kubeconfigPath: string;
  /** Whether a controller manager runs, so that a new namespace gets its ServiceAccount. */
  readonly hasControllers: boolean;
}

export interface TestNamespace {
  readonly name: string;
  /** Deletes it without waiting for its end. */
  remove(): Promise<void>;
}

/** What a test does to a cluster: requests, applies, namespaces, tokens. */
export class KubeAccess extends KubeClient {
  readonly kubeconfigPath: string;
  readonly #paths: ResourcePaths;
  readonly #hasControllers: boolean;

  constructor(connection: KubeConnection, options: KubeAccessOptions) {
    super(connection);
    this.kubeconfigPath = options.kubeconfigPath;
    this.#hasControllers = options.hasControllers;
    this.#paths = new ResourcePaths(this);
  }

  get apiUrl(): string {
    return this.connection.apiUrl;
  }

  get caPem(): string {
    return this.connection.caPem;
  }

  /** Server-side apply of one object; `namespace` is for objects that name none. */
  async apply<T extends ObjectLike>(object: T, namespace?: string): Promise<T> {
    const path = await this.#paths.of(object, namespace);
    return this.request<T>(
      'PATCH',
      `${path}?fieldManager=test&force=true`,
      object,
      'application/apply-patch+yaml',
    );
  }

  /** Applies objects one after the other, waiting for each CRD to be served. */
  async applyAll(objects: readonly ObjectLike[], namespace?: string): Promise<void> {
    for (const object of objects) {
      await this.apply(object, namespace);
      if (object.kind === 'CustomResourceDefinition') await this.#awaitEstablished(object);
    }
  }

  /** The object, or undefined when the server has none of that name. */
  async find<T = ObjectLike>(ref: ObjectRef): Promise<T | undefined> {
    const path = await this.#paths.of(asObject(ref));
    try {
      return await this.request<T>('GET', path);
    } catch (error) {
      if (hasCode(error, 'not-found')) return undefined;
      throw error;
    }
  }

  /** Deletes an object; one that isn't there is fine. */
  async remove(ref: ObjectRef, propagationPolicy = 'Background'): Promise<void> {
    const path = await this.#paths.of(asObject(ref));
    const { status, body } = await this.send({ method: 'DELETE', path, body: { propagationPolicy } });
    if (status >= 400 && status !== 404) throw new Error(`DELETE ${path}: ${status} ${JSON.stringify(body)}`);
  }

  /** A namespace of its own for one test; with a controller manager it is ready for pods. */
  async createNamespace(prefix = 'test'): Promise<TestNamespace> {
    const name = `${prefix}-${randomBytes(4).toString('hex')}`;
    await this.request('POST', '/api/v1/namespaces', { metadata: { name } });
    if (this.#hasControllers) {
      const account = { apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', namespace: name };
      await poll(() => this.find(account), { what: `${name} has its default ServiceAccount` });
    }
    return {
      name,
      remove: () => this.remove({ apiVersion: 'v1', kind: 'Namespace', name }),
    };
  }

  /** Creates the ServiceAccount when it is missing, and a token of it (default: for one hour). */
  async createServiceAccountToken(
    namespace: string,
    name: string,
    expirationSeconds = 3600,
  ): Promise<string> {
    const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
    const created = await this.send({ method: 'POST', path: accounts, body: { metadata: { name } } });
    if (created.status >= 400 && created.status !== 409) {
      throw new Error(`POST ${accounts}: ${created.status} ${JSON.stringify(created.body)}`);
    }
    const review = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds },
    };
    const answer = await this.request<{ status: { token: string } }>(
      'POST',
      `${accounts}/${name}/token`,
      review,
    );
    return answer.status.token;
  }

  async #awaitEstablished(crd: ObjectLike): Promise<void> {
    interface WithConditions {
      status?: { conditions?: { type: string; status: string }[] };
    }
    const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${crd.metadata.name}`;
    await poll(
      async () => {
        const { status } = await this.request<WithConditions>('GET', path);
        return status?.conditions?.some((one) => one.type === 'Established' && one.status === 'True');
      },
      { what: `the CRD ${crd.metadata.name} is established` },
    );
  }
}

function asObject({ apiVersion, kind, name, namespace }: ObjectRef): ObjectLike {
  return { apiVersion, kind, metadata: namespace === undefined ? { name } : { name, namespace } };
}
