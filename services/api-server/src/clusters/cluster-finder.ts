import { stringAt } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import type { Access } from '../auth/access.ts';
import type { Claims } from '../auth/claims.ts';
import { hidden } from '../auth/denials.ts';
import type { ClusterStore, StoredCluster } from './cluster-store.ts';

/** Name of a cluster in policies. */
export const clusterObjectOf = ({
  server,
  project,
}: {
  readonly server: string;
  readonly project: string;
}): string => (project === '' ? server : `${project}/${server}`);

/** Finds the clusters that a request is about, if the caller may do that to them. */
export class ClusterFinder {
  readonly #store: ClusterStore;
  readonly #access: Access;

  constructor(store: ClusterStore, access: Access) {
    this.#store = store;
    this.#access = access;
  }

  /**
   * By address, name or typed id. A caller who may see none is told the same as where there is none.
   * @throws TiphysError `permission-denied`
   */
  find(
    claims: Claims | undefined,
    request: JsonObject,
    action: 'get' | 'update' | 'delete',
  ): readonly StoredCluster[] {
    const visible = this.#asked(request).filter((one) =>
      this.#access.allows(claims, 'clusters', 'get', clusterObjectOf(one)),
    );
    if (visible.length === 0) throw hidden();
    if (action !== 'get') {
      for (const one of visible) this.#access.enforce(claims, 'clusters', action, clusterObjectOf(one));
    }
    return visible;
  }

  /** The first of them. */
  one(claims: Claims | undefined, request: JsonObject, action: 'get' | 'update' | 'delete'): StoredCluster {
    const [first] = this.find(claims, request, action);
    if (first === undefined) throw hidden();
    return first;
  }

  #asked(request: JsonObject): readonly StoredCluster[] {
    const { server, name } = idIn(request);
    if (server !== '') {
      const found = this.#store.find(server);
      return found === undefined ? [] : [found];
    }
    return name === '' ? [] : this.#store.named(name);
  }
}

/** What a request names a cluster by: its address or its name. */
export function idIn(request: JsonObject): { readonly server: string; readonly name: string } {
  const type = stringAt(request, 'id', 'type') ?? '';
  const raw = stringAt(request, 'id', 'value') ?? '';
  if (raw === '') {
    return { server: trimmed(stringAt(request, 'server') ?? ''), name: stringAt(request, 'name') ?? '' };
  }
  const value = /_escaped$/u.test(type) || /%(?:2f|3a|25)/iu.test(raw) ? decoded(raw) : raw;
  return type === 'name' || type === 'name_escaped'
    ? { server: '', name: value }
    : { server: trimmed(value), name: '' };
}

const trimmed = (server: string): string => server.trim().replace(/\/+$/u, '');

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
