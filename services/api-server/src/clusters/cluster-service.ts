import { TiphysError, annotations, arrayAt, hasCode, isJsonObject, stringAt } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import type { Clock } from '@tiphys/ports';
import type { Caller, Handlers } from '../api/handlers.ts';
import type { Access } from '../auth/access.ts';
import { specDiffers } from '../repositories/repository-service.ts';
import { assertUsableServer } from './cluster-address.ts';
import { ClusterFinder, clusterObjectOf, idIn } from './cluster-finder.ts';
import { tokenOf } from './cluster-info.ts';
import type { ClusterInfo } from './cluster-info.ts';
import { clusterDifferences, openMap, serverOf, shownCluster } from './cluster-message.ts';
import type { ClusterStore, StoredCluster } from './cluster-store.ts';
import { renewToken } from './token-rotation.ts';

export interface ClusterServiceParts {
  readonly store: ClusterStore;
  readonly info: ClusterInfo;
  readonly access: Access;
  readonly clock: Clock;
}

const SERVICE = '/cluster.ClusterService';

/** Clusters that Applications can go to. */
export class ClusterService {
  readonly #parts: ClusterServiceParts;
  readonly #finder: ClusterFinder;

  constructor(parts: ClusterServiceParts) {
    this.#parts = parts;
    this.#finder = new ClusterFinder(parts.store, parts.access);
  }

  readonly handlers: Handlers = {
    unary: {
      [`${SERVICE}/List`]: (request, caller) => this.#list(request, caller),
      [`${SERVICE}/Get`]: (request, { claims }) => this.#shown(this.#finder.one(claims, request, 'get')),
      [`${SERVICE}/Create`]: (request, caller) => this.#create(request, caller),
      [`${SERVICE}/Update`]: (request, caller) => this.#update(request, caller),
      [`${SERVICE}/Delete`]: (request, caller) => this.#remove(request, caller),
      [`${SERVICE}/RotateAuth`]: (request, caller) => this.#rotate(request, caller),
      [`${SERVICE}/InvalidateCache`]: (request, caller) => this.#invalidate(request, caller),
    },
  };

  async #list(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const { store, access } = this.#parts;
    const { server, name } = idIn(request);
    const seen = store
      .list()
      .filter((one) => (server === '' || one.server === server) && (name === '' || one.name === name))
      .filter((one) => access.allows(claims, 'clusters', 'get', clusterObjectOf(one)));
    const items = await Promise.all(seen.map((one) => this.#shown(one)));
    return { metadata: {}, ...(items.length === 0 ? {} : { items }) };
  }

  async #create(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const { store, info, access } = this.#parts;
    const message = clusterIn(request);
    const server = serverOf(message);
    const object = clusterObjectOf({ server, project: stringAt(message, 'project') ?? '' });
    access.enforce(claims, 'clusters', 'create', object);
    assertUsableServer(server);
    refuseReserved(message);
    await info.probe(message);
    if (store.find(server)?.secret === undefined) {
      try {
        await store.create(message);
        return await this.#shownAt(server);
      } catch (error) {
        if (!hasCode(error, 'already-exists')) throw error;
      }
    }
    return await this.#createAgain(request, message, claims);
  }

  /** Declaring what is there already is fine when it is the same, and a change when that was asked for. */
  async #createAgain(
    request: JsonObject,
    message: JsonObject,
    claims: Caller['claims'],
  ): Promise<JsonObject> {
    const { store, access } = this.#parts;
    const server = serverOf(message);
    const existing = store.find(server);
    if (existing?.secret === undefined) {
      throw new TiphysError(
        'already-exists',
        `a secret with the name of the cluster ${server} is something else`,
      );
    }
    const different = clusterDifferences(existing.message, message);
    if (different.length > 0) {
      if (request['upsert'] !== true) throw specDiffers('cluster', different);
      access.enforce(claims, 'clusters', 'update', clusterObjectOf(existing));
      await store.update(existing, () => message);
    }
    return await this.#shownAt(server);
  }

  /** The stored cluster is what is authorised, and the place that it is moved to. */
  async #update(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const { store, info, access } = this.#parts;
    const given = clusterIn(request);
    refuseReserved(given);
    const { server: byAddress, name: byName } = idIn(isJsonObject(request['id']) ? request : given);
    const existing = this.#finder.one(
      claims,
      { server: byAddress, name: byAddress === '' ? byName : '' },
      'update',
    );
    const fields = arrayAt(request, 'updatedFields').filter(
      (field): field is string => typeof field === 'string',
    );
    const change = (current: JsonObject): JsonObject => ({
      ...changed(current, given, fields),
      server: existing.server,
    });
    const next = change(existing.message);
    const project = stringAt(next, 'project') ?? '';
    if (project !== existing.project) {
      access.enforce(claims, 'clusters', 'update', clusterObjectOf({ server: existing.server, project }));
    }
    await info.probe(next);
    await store.update(existing, change);
    return await this.#shownAt(existing.server);
  }

  async #remove(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const { store, info } = this.#parts;
    for (const cluster of this.#finder.find(claims, request, 'delete')) {
      await store.remove(cluster);
      await info.forget(cluster.server);
    }
    return {};
  }

  /** The old token ends only after the new one was seen to work and was stored. */
  async #rotate(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    for (const cluster of this.#finder.find(claims, request, 'update')) await this.#rotateOne(cluster);
    return {};
  }

  async #rotateOne(cluster: StoredCluster): Promise<void> {
    const { store, info } = this.#parts;
    const token = tokenOf(cluster.message);
    if (token === '') {
      throw new TiphysError(
        'invalid',
        `Cluster '${cluster.server}' does not use bearer token authentication`,
      );
    }
    const withToken = (message: JsonObject, bearerToken: string): JsonObject => {
      const config = message['config'];
      return { ...message, config: { ...(isJsonObject(config) ? config : {}), bearerToken } };
    };
    const api = await info.connect(cluster.message);
    try {
      const next = await renewToken(api, token);
      await info.probe(withToken(cluster.message, next.token));
      await store.update(cluster, (current) => withToken(current, next.token));
      await next.retireOld();
    } finally {
      await api.close();
    }
  }

  async #invalidate(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const { store, clock } = this.#parts;
    const cluster = this.#finder.one(claims, request, 'update');
    const at = new Date(clock.now()).toISOString().replace(/\.\d+Z$/u, 'Z');
    await store.update(cluster, (current) => ({
      ...current,
      annotations: { ...openMap(current['annotations']), [annotations.refresh]: at },
    }));
    return await this.#shownAt(cluster.server);
  }

  async #shownAt(server: string): Promise<JsonObject> {
    const cluster = this.#parts.store.find(server);
    if (cluster === undefined) throw new TiphysError('not-found', `cluster "${server}" not found`);
    return await this.#shown(cluster);
  }

  async #shown({ message, server, name }: StoredCluster): Promise<JsonObject> {
    return { ...shownCluster(message), ...(await this.#parts.info.of(server, name)) };
  }
}

function clusterIn(request: JsonObject): JsonObject {
  const cluster = request['cluster'];
  if (!isJsonObject(cluster)) throw new TiphysError('invalid', "missing payload 'cluster' in request");
  return { ...cluster, server: serverOf(cluster) };
}

/** Only what was asked for, where a request says what it changes; else all of it. */
function changed(current: JsonObject, given: JsonObject, fields: readonly string[]): JsonObject {
  if (fields.length === 0) return given;
  const known = [
    'name',
    'namespaces',
    'config',
    'shard',
    'clusterResources',
    'labels',
    'annotations',
    'project',
  ];
  const unknown = fields.find((field) => !known.includes(field));
  if (unknown !== undefined)
    throw new TiphysError('invalid', `the field ${JSON.stringify(unknown)} cannot be updated`);
  return { ...current, ...Object.fromEntries(fields.map((field) => [field, given[field]])) };
}

/** What marks a secret is no label or annotation that a client sets. */
function refuseReserved(message: JsonObject): void {
  const notes = message['annotations'];
  if (isJsonObject(notes) && annotations.lastApplied in notes) {
    throw new TiphysError('invalid', `annotation ${annotations.lastApplied} cannot be set`);
  }
}
