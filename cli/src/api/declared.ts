import type { JsonObject } from '@tiphys/model';
import * as z from 'zod/mini';
import { callRest } from './rest.ts';
import type { Query, Transport } from './transport.ts';

const anything = z.looseObject({});

/** What a server keeps of one kind under an address or an id: repositories, credentials, clusters, certificates, keys. */
export class DeclaredApi<S extends z.ZodMiniType> {
  private readonly transport: Transport;
  private readonly root: string;
  private readonly schema: S;

  constructor(transport: Transport, root: string, schema: S) {
    this.transport = transport;
    this.root = root;
    this.schema = schema;
  }

  async list(query: Query = {}): Promise<readonly z.infer<S>[]> {
    return this.items('GET', query);
  }

  get(id: string, query: Query = {}): Promise<z.infer<S>> {
    return callRest(this.transport, { method: 'GET', path: this.pathOf(id), query, schema: this.schema });
  }

  create(body: JsonObject, query: Query = {}): Promise<JsonObject> {
    return callRest(this.transport, {
      method: 'POST',
      path: this.root,
      query,
      body,
      schema: anything,
    }) as Promise<JsonObject>;
  }

  async update(id: string, body: JsonObject, query: Query = {}): Promise<void> {
    await callRest(this.transport, { method: 'PUT', path: this.pathOf(id), query, body, schema: anything });
  }

  async remove(id: string, query: Query = {}): Promise<void> {
    await callRest(this.transport, { method: 'DELETE', path: this.pathOf(id), query, schema: anything });
  }

  /** Removes what a query means; tells what that was. */
  removeWhere(query: Query): Promise<readonly z.infer<S>[]> {
    return this.items('DELETE', query);
  }

  async act(id: string, action: string, query: Query = {}): Promise<void> {
    const path = `${this.pathOf(id)}/${action}`;
    await callRest(this.transport, { method: 'POST', path, query, body: {}, schema: anything });
  }

  private async items(method: 'GET' | 'DELETE', query: Query): Promise<readonly z.infer<S>[]> {
    const schema = z.looseObject({ items: z.nullish(z.array(this.schema)) });
    const list = await callRest(this.transport, { method, path: this.root, query, schema });
    return (list as { readonly items?: readonly z.infer<S>[] | null }).items ?? [];
  }

  private pathOf(id: string): string {
    return `${this.root}/${encodeURIComponent(id)}`;
  }
}
