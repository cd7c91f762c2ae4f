import type { JsonObject } from '@tiphys/model';
import * as z from 'zod/mini';
import type { AppRef } from './applications.ts';
import { readEvents } from './events.ts';
import { callRest, parsed } from './rest.ts';
import { applicationSchema, type App } from './schemas/application.ts';
import { logEntrySchema, objectSchema, treeSchema } from './schemas/resources.ts';
import type { LogEntry, ResourceTree } from './schemas/resources.ts';
import type { Query, Transport } from './transport.ts';

const anything = z.looseObject({});
const pathOf = ({ name }: AppRef, rest = ''): string =>
  `/api/v1/applications/${encodeURIComponent(name)}${rest}`;

/** An object of an application, named as the server wants it. */
export interface ObjectTarget {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace: string;
  readonly resourceName: string;
}

/** Which object a call is about, and the project that the caller believes the application to be in. */
export interface ObjectQuery extends ObjectTarget {
  readonly project?: string;
}

/** Single live objects of applications. */
export class ObjectsApi {
  private readonly transport: Transport;

  constructor(transport: Transport) {
    this.transport = transport;
  }

  /** All objects of an application, with what they own. */
  async tree(ref: AppRef, project?: string): Promise<ResourceTree> {
    return await callRest(this.transport, {
      method: 'GET',
      path: pathOf(ref, '/resource-tree'),
      query: { appNamespace: ref.namespace, project },
      schema: treeSchema,
    });
  }

  /** An object as JSON text. */
  async get(ref: AppRef, object: ObjectQuery): Promise<string> {
    const { manifest } = await callRest(this.transport, {
      method: 'GET',
      path: pathOf(ref, '/resource'),
      query: { appNamespace: ref.namespace, ...object },
      schema: objectSchema,
    });
    return manifest;
  }

  async patch(ref: AppRef, object: ObjectQuery, patch: { type: string; text: string }): Promise<void> {
    await callRest(this.transport, {
      method: 'POST',
      path: pathOf(ref, '/resource'),
      query: { appNamespace: ref.namespace, ...object, patchType: patch.type },
      body: patch.text,
      schema: anything,
    });
  }

  async delete(
    ref: AppRef,
    object: ObjectQuery,
    how: { readonly force: boolean; readonly orphan: boolean },
  ): Promise<void> {
    await callRest(this.transport, {
      method: 'DELETE',
      path: pathOf(ref, '/resource'),
      query: { appNamespace: ref.namespace, ...object, ...how },
      schema: anything,
    });
  }

  /** The application after a patch of type `json` or `merge`. */
  patchApplication(ref: AppRef, patch: string, patchType: string): Promise<App> {
    const { name, namespace } = ref;
    return callRest(this.transport, {
      method: 'PATCH',
      path: pathOf(ref),
      body: { name, patch, patchType, ...(namespace === undefined ? {} : { appNamespace: namespace }) },
      schema: applicationSchema,
    });
  }

  async update(app: App): Promise<void> {
    await callRest(this.transport, {
      method: 'PUT',
      path: pathOf({ name: app.metadata.name }),
      body: app as unknown as JsonObject,
      schema: applicationSchema,
    });
  }

  /** Lines of logs, until the server ends them. */
  async *logs(ref: AppRef, query: Query): AsyncGenerator<LogEntry> {
    const path = pathOf(ref, '/logs');
    const all = { appNamespace: ref.namespace, ...query };
    for await (const result of readEvents(this.transport, { path, query: all }))
      yield parsed(logEntrySchema, result, path);
  }
}
