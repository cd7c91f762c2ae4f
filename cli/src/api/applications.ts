import type { JsonObject } from '@tiphys/model';
import { callGrpcWeb } from './grpc-web.ts';
import { callRest } from './rest.ts';
import { applicationListSchema, applicationSchema, type App } from './schemas/application.ts';
import {
  managedResourcesSchema,
  manifestsSchema,
  resourceActionsSchema,
  treeSchema,
  type ManagedResource,
  type ResourceAction,
  type TreeNode,
} from './schemas/resources.ts';
import { syncWindowsSchema, type SyncWindows } from './schemas/server.ts';
import * as z from 'zod/mini';
import type { Query, Transport } from './transport.ts';
import { diffItemsIn, diffRequest, type DiffObjects } from './wire/server-side-diff.ts';
import { manifestsIn, uploadMessages } from './wire/upload.ts';

/** Which application: its name, and its namespace where the caller knows it. */
export interface AppRef {
  readonly name: string;
  readonly namespace?: string;
}

export type Refresh = 'normal' | 'hard';

export interface ListFilter {
  readonly projects?: readonly string[];
  readonly selector?: string;
  readonly namespace?: string;
  readonly repo?: string;
}

/** What only servers that page know; others leave it aside. */
export interface PageFilter extends ListFilter {
  readonly limit?: number;
  /** The token of the page before. */
  readonly continue?: string;
  readonly sort?: string;
  readonly search?: string;
  readonly health?: readonly string[];
  readonly syncStatus?: readonly string[];
  readonly cluster?: readonly string[];
  readonly destinationNamespace?: readonly string[];
}

export interface AppPage {
  readonly apps: readonly App[];
  /** The token of the page behind this one; undefined for the last. */
  readonly continue: string | undefined;
  readonly remaining: number;
}

const anything = z.looseObject({});
const root = '/api/v1/applications';
const pathOf = ({ name }: AppRef, rest = ''): string => `${root}/${encodeURIComponent(name)}${rest}`;
/** A body that says which application it is about. */
const named = ({ name, namespace }: AppRef, body: JsonObject): JsonObject => ({
  name,
  ...body,
  ...(namespace === undefined ? {} : { appNamespace: namespace }),
});
const inNamespace = ({ namespace }: AppRef): Query => ({ appNamespace: namespace });

/** The applications of one server, by its REST API. */
export class ApplicationsApi {
  private readonly transport: Transport;

  constructor(transport: Transport) {
    this.transport = transport;
  }

  async list(filter: ListFilter): Promise<readonly App[]> {
    return (await this.page(filter)).apps;
  }

  async page({ namespace, limit, ...filter }: PageFilter): Promise<AppPage> {
    const { items, metadata } = await callRest(this.transport, {
      method: 'GET',
      path: root,
      query: { ...filter, appNamespace: namespace, limit: limit?.toString() },
      schema: applicationListSchema,
    });
    const token = metadata?.continue ?? '';
    return {
      apps: items ?? [],
      continue: token === '' ? undefined : token,
      remaining: metadata?.remainingItemCount ?? 0,
    };
  }

  get(ref: AppRef, refresh?: Refresh, signal?: AbortSignal): Promise<App> {
    return callRest(this.transport, {
      method: 'GET',
      path: pathOf(ref),
      query: { ...inNamespace(ref), refresh },
      schema: applicationSchema,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  create(body: JsonObject, options: { readonly upsert: boolean; readonly validate: boolean }): Promise<App> {
    return callRest(this.transport, {
      method: 'POST',
      path: root,
      query: options,
      body,
      schema: applicationSchema,
    });
  }

  async updateSpec(ref: AppRef, spec: JsonObject, validate: boolean): Promise<void> {
    const path = pathOf(ref, '/spec');
    await callRest(this.transport, {
      method: 'PUT',
      path,
      query: { ...inNamespace(ref), validate },
      body: spec,
      schema: anything,
    });
  }

  sync(ref: AppRef, body: JsonObject): Promise<App> {
    return this.post(ref, '/sync', body);
  }

  rollback(ref: AppRef, body: JsonObject): Promise<App> {
    return this.post(ref, '/rollback', body);
  }

  async terminate(ref: AppRef): Promise<void> {
    const path = pathOf(ref, '/operation');
    await callRest(this.transport, { method: 'DELETE', path, query: inNamespace(ref), schema: anything });
  }

  async delete(ref: AppRef, query: Query): Promise<void> {
    const path = pathOf(ref);
    await callRest(this.transport, {
      method: 'DELETE',
      path,
      query: { ...inNamespace(ref), ...query },
      schema: anything,
    });
  }

  async managedResources(ref: AppRef): Promise<readonly ManagedResource[]> {
    const list = await this.read(ref, '/managed-resources', managedResourcesSchema);
    return list.items ?? [];
  }

  async tree(ref: AppRef): Promise<readonly TreeNode[]> {
    const tree = await this.read(ref, '/resource-tree', treeSchema);
    return tree.nodes ?? [];
  }

  /** What can be done to an object, which the query names. */
  async actions(ref: AppRef, query: Query): Promise<readonly ResourceAction[]> {
    const list = await this.read(ref, '/resource/actions', resourceActionsSchema, query);
    return list.actions ?? [];
  }

  async runAction(ref: AppRef, body: JsonObject): Promise<void> {
    const path = pathOf(ref, '/resource/actions/v2');
    await callRest(this.transport, { method: 'POST', path, body: named(ref, body), schema: anything });
  }

  syncWindows(ref: AppRef): Promise<SyncWindows> {
    return this.read(ref, '/syncwindows', syncWindowsSchema);
  }

  /** Rendered manifests, as the JSON text of one object each. */
  async manifests(ref: AppRef, query: Query = {}): Promise<readonly string[]> {
    const rendered = await this.read(ref, '/manifests', manifestsSchema, query);
    return rendered.manifests ?? [];
  }

  /** What the server makes of an archive of files in place of those of the source. */
  async manifestsOfFiles(ref: AppRef, project: string, archive: Uint8Array): Promise<readonly string[]> {
    const path = '/application.ApplicationService/GetManifestsWithFiles';
    return manifestsIn(await callGrpcWeb(this.transport, path, uploadMessages(ref, project, archive)));
  }

  /** How live objects differ from manifests, as the API server of the destination predicts it. */
  async serverSideDiff(
    ref: AppRef,
    project: string,
    objects: DiffObjects,
  ): Promise<readonly ManagedResource[]> {
    const path = '/application.ApplicationService/ServerSideDiff';
    return diffItemsIn(await callGrpcWeb(this.transport, path, [diffRequest(ref, project, objects)]));
  }

  private read<S extends z.ZodMiniType>(
    ref: AppRef,
    rest: string,
    schema: S,
    query: Query = {},
  ): Promise<z.infer<S>> {
    const path = pathOf(ref, rest);
    return callRest(this.transport, {
      method: 'GET',
      path,
      query: { ...inNamespace(ref), ...query },
      schema,
    });
  }

  private post(ref: AppRef, rest: string, body: JsonObject): Promise<App> {
    return callRest(this.transport, {
      method: 'POST',
      path: pathOf(ref, rest),
      body: named(ref, body),
      schema: applicationSchema,
    });
  }
}
