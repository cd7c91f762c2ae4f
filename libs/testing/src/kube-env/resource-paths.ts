import { TiphysError } from '@tiphys/model';
import type { KubeClient } from './client.ts';

export interface ObjectLike {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Finds where objects live by the server's own discovery, remembered for each kind found. */
export class ResourcePaths {
  readonly #client: KubeClient;
  readonly #known = new Map<string, ApiResource>();

  constructor(client: KubeClient) {
    this.#client = client;
  }

  /** The path of an object; `namespace` is for a namespaced object that names none, `default` after that. */
  async of(object: ObjectLike, namespace = 'default'): Promise<string> {
    const base = object.apiVersion.includes('/') ? `/apis/${object.apiVersion}` : `/api/${object.apiVersion}`;
    const resource = await this.#resource(base, object.kind);
    const name = encodeURIComponent(object.metadata.name);
    if (!resource.namespaced) return `${base}/${resource.name}/${name}`;
    return `${base}/namespaces/${object.metadata.namespace ?? namespace}/${resource.name}/${name}`;
  }

  async #resource(base: string, kind: string): Promise<ApiResource> {
    const key = `${base} ${kind}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const { resources } = await this.#client.request<{ resources: ApiResource[] }>('GET', base);
    const found = resources.find((one) => one.kind === kind && !one.name.includes('/'));
    if (found === undefined) throw new TiphysError('not-found', `the server has no kind ${kind} in ${base}`);
    this.#known.set(key, found);
    return found;
  }
}
