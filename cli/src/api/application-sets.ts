import type { JsonObject } from '@tiphys/model';
import * as z from 'zod/mini';
import type { AppRef } from './applications.ts';
import { callRest } from './rest.ts';
import type { App } from './schemas/application.ts';
import {
  applicationSetEventSchema,
  applicationSetListSchema,
  applicationSetSchema,
  generatedSchema,
  type AppSet,
  type AppSetEvent,
} from './schemas/application-set.ts';
import type { Query, Transport } from './transport.ts';
import { watchObjects } from './watch.ts';

const root = '/api/v1/applicationsets';
const pathOf = ({ name }: AppRef): string => `${root}/${encodeURIComponent(name)}`;
const inNamespace = ({ namespace }: Pick<AppRef, 'namespace'>): Query => ({ appsetNamespace: namespace });

export interface AppSetFilter {
  readonly projects: readonly string[];
  readonly selector?: string;
  readonly namespace?: string;
}

/** The ApplicationSets of one server, by its REST API. */
export class ApplicationSetsApi {
  private readonly transport: Transport;

  constructor(transport: Transport) {
    this.transport = transport;
  }

  async list({ projects, selector, namespace }: AppSetFilter): Promise<readonly AppSet[]> {
    const query = { projects, selector, appsetNamespace: namespace };
    const { items } = await callRest(this.transport, {
      method: 'GET',
      path: root,
      query,
      schema: applicationSetListSchema,
    });
    return items ?? [];
  }

  get(ref: AppRef): Promise<AppSet> {
    return callRest(this.transport, {
      method: 'GET',
      path: pathOf(ref),
      query: inNamespace(ref),
      schema: applicationSetSchema,
    });
  }

  create(body: JsonObject, query: { readonly upsert: boolean; readonly dryRun: boolean }): Promise<AppSet> {
    return callRest(this.transport, {
      method: 'POST',
      path: root,
      query,
      body,
      schema: applicationSetSchema,
    });
  }

  /** The Applications that one would have. */
  async generate(applicationSet: JsonObject): Promise<readonly App[]> {
    const { applications } = await callRest(this.transport, {
      method: 'POST',
      path: `${root}/generate`,
      body: { applicationSet },
      schema: generatedSchema,
    });
    return applications ?? [];
  }

  async delete(ref: AppRef): Promise<void> {
    await callRest(this.transport, {
      method: 'DELETE',
      path: pathOf(ref),
      query: inNamespace(ref),
      schema: z.looseObject({}),
    });
  }

  /** Events of one, beginning with what it is now; see `watchObjects`. */
  watch(ref: AppRef, signal?: AbortSignal): AsyncGenerator<AppSetEvent> {
    const path = '/api/v1/stream/applicationsets';
    const query = { name: ref.name, appSetNamespace: ref.namespace };
    return watchObjects(this.transport, { path, query, schema: applicationSetEventSchema }, signal);
  }
}
