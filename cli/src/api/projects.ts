import type { JsonObject, JsonValue } from '@tiphys/model';
import { callRest } from './rest.ts';
import { emptySchema, tokenSchema } from './schemas/account.ts';
import {
  detailedSchema,
  keysSchema,
  projectSchema,
  projectsSchema,
  windowsSchema,
  type DetailedProject,
  type Project,
  type Window,
} from './schemas/project.ts';
import type { Transport } from './transport.ts';

const ROOT = '/api/v1/projects';
const at = (...parts: readonly string[]): string =>
  [ROOT, ...parts.map((part) => encodeURIComponent(part))].join('/');

/** The projects of a server. */
export class ProjectsApi {
  private readonly transport: Transport;

  constructor(transport: Transport) {
    this.transport = transport;
  }

  async list(): Promise<readonly Project[]> {
    const { items } = await callRest(this.transport, { method: 'GET', path: ROOT, schema: projectsSchema });
    return items ?? [];
  }

  get(name: string): Promise<Project> {
    return callRest(this.transport, { method: 'GET', path: at(name), schema: projectSchema });
  }

  /** With the repositories and clusters that belong to it. */
  detailed(name: string): Promise<DetailedProject> {
    return callRest(this.transport, { method: 'GET', path: at(name, 'detailed'), schema: detailedSchema });
  }

  create(project: JsonObject, upsert: boolean): Promise<Project> {
    return callRest(this.transport, {
      method: 'POST',
      path: ROOT,
      body: { project, upsert },
      schema: projectSchema,
    });
  }

  update(project: Project): Promise<Project> {
    return callRest(this.transport, {
      method: 'PUT',
      path: at(project.metadata.name ?? ''),
      body: { project: project as unknown as JsonValue },
      schema: projectSchema,
    });
  }

  async delete(name: string): Promise<void> {
    await callRest(this.transport, { method: 'DELETE', path: at(name), schema: emptySchema });
  }

  /** Ids of the keys that commits may be signed with. */
  async signingKeys(): Promise<readonly string[]> {
    const { items } = await callRest(this.transport, {
      method: 'GET',
      path: '/api/v1/gpgkeys',
      schema: keysSchema,
    });
    return (items ?? []).map(({ keyID }) => keyID ?? '');
  }

  /** The windows that are open now. */
  async openWindows(name: string): Promise<readonly Window[]> {
    const path = at(name, 'syncwindows');
    const { windows } = await callRest(this.transport, { method: 'GET', path, schema: windowsSchema });
    return windows ?? [];
  }

  async createToken(
    { project, role }: { readonly project: string; readonly role: string },
    wanted: { readonly expiresIn: number; readonly id: string },
  ): Promise<string> {
    const path = at(project, 'roles', role, 'token');
    const { token } = await callRest(this.transport, {
      method: 'POST',
      path,
      body: wanted,
      schema: tokenSchema,
    });
    return token;
  }

  async deleteToken(
    { project, role }: { readonly project: string; readonly role: string },
    issuedAt: number,
  ): Promise<void> {
    const path = at(project, 'roles', role, 'token', String(issuedAt));
    await callRest(this.transport, { method: 'DELETE', path, schema: emptySchema });
  }
}
